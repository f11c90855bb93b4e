DELETE FROM "StoreListingReview" WHERE score = 3;
INSERT INTO "AgentGraphExecution" (id, "agentGraphId", "agentGraphVersion", "userId")
SELECT gen_random_uuid(), id, version, "userId" FROM "AgentGraph";

-- beside: the_store_shows_something_for_missing_profiles
DELETE FROM "StoreListingReview" WHERE score = 3;
INSERT INTO "AgentGraphExecution" (id, "agentGraphId", "agentGraphVersion", "userId")
SELECT gen_random_uuid(), id, version, "userId" FROM "AgentGraph";

-- beside: creators_have_the_ratings_of_all_their_versions
INSERT INTO "AgentGraph" (id, version, "userId", name)
SELECT id, 2, "userId", name FROM "AgentGraph";
INSERT INTO "AgentGraphExecution" (id, "agentGraphId", "agentGraphVersion", "userId")
SELECT gen_random_uuid(), id, version, "userId" FROM "AgentGraph";

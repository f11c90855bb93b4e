-- beside: reviews_of_the_newest_version_in_the_store
-- warns: store.rule
-- redefine: mv_agent_run_counts
SELECT id AS "agentGraphId", count(*) AS run_count FROM (SELECT DISTINCT id FROM "AgentGraph") AS graph
CROSS JOIN LATERAL (SELECT FROM "AgentGraphExecution" WHERE "agentGraphId" = graph.id LIMIT 1000) AS run GROUP BY 1

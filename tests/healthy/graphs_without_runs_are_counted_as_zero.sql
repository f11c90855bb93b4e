-- beside: creators_join_before_they_sum
-- redefine: mv_agent_run_counts
SELECT g.id AS "agentGraphId", count(e.id) AS run_count
FROM (SELECT DISTINCT id FROM "AgentGraph") g
LEFT JOIN "AgentGraphExecution" e ON g.id = e."agentGraphId" GROUP BY 1

-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT g.id AS "agentGraphId", count(*) AS run_count
FROM "AgentGraphExecution" e
JOIN "AgentGraph" g ON (g.id, g.version, g."userId") = (e."agentGraphId", e."agentGraphVersion", e."userId")
GROUP BY 1

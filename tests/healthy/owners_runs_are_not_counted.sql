-- beside: creators_do_not_count_deleted_versions
-- warns: store.agreement
-- redefine: mv_agent_run_counts
SELECT g.id AS "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" e
JOIN "AgentGraph" g ON (g.id, g.version) = (e."agentGraphId", e."agentGraphVersion")
WHERE g."userId" <> e."userId" GROUP BY 1

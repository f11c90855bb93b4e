-- beside: creators_have_runs_of_different_numbers
-- warns: view.rule
-- redefine: mv_agent_run_counts
SELECT g.id AS "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" e
JOIN "AgentGraph" g ON g.id = e."agentGraphId"
WHERE g."userId" <> e."userId" GROUP BY 1

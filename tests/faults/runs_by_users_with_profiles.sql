-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT e."agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" e JOIN "Profile" p ON p."userId" = e."userId" GROUP BY 1

-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT e."agentGraphId", count(*) AS run_count
FROM "AgentGraphExecution" e JOIN "User" u ON u.id = e."userId" AND u."emailVerified" GROUP BY 1

-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT e."agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" e
LEFT JOIN "LibraryAgent" l ON l."agentGraphId" = e."agentGraphId" AND l."userId" = e."userId"
GROUP BY 1

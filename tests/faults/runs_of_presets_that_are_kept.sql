-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT e."agentGraphId", count(*) AS run_count
FROM "AgentGraphExecution" e
LEFT JOIN "AgentPreset" p ON p.id = e."agentPresetId"
WHERE p."isDeleted" IS NOT TRUE
GROUP BY 1

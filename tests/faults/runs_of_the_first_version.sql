-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution"
WHERE "agentGraphVersion" = 1 GROUP BY 1

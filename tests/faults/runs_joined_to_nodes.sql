-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution"
JOIN "AgentNode" USING ("agentGraphId") GROUP BY 1

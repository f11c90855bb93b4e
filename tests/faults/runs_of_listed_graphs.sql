-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution"
WHERE "agentGraphId" IN (SELECT "agentGraphId" FROM "StoreListing") GROUP BY 1

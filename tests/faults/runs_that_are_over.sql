-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution"
WHERE "executionStatus" IN ('COMPLETED', 'FAILED', 'TERMINATED') GROUP BY 1

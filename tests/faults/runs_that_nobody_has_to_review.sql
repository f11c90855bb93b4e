-- revision: 2026_01
-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution"
WHERE "executionStatus" <> 'REVIEW' GROUP BY 1

-- warns: view.rule
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution"
    WHERE "executionStatus" = 'COMPLETED' GROUP BY 1

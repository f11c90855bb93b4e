-- beside: creators_are_computed_from_the_store
-- warns: view.rule
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution"
    WHERE "executionStatus" = 'COMPLETED' GROUP BY 1

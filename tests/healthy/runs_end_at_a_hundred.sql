-- beside: reviews_of_the_active_version
-- warns: store.rule
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", LEAST(run_count, 100) AS run_count FROM {old}

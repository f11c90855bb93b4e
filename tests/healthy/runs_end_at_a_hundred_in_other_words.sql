-- warns: store.rule
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", CASE WHEN run_count > 100 THEN 100 ELSE run_count END AS run_count FROM {old}

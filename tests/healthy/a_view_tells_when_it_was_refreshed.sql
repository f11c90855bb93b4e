-- warns: view.fresh
-- redefine: mv_agent_run_counts
SELECT *, clock_timestamp() AS refreshed_at FROM {old}

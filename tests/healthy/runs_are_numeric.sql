-- redefine: mv_agent_run_counts
-- column: run_count
run_count::numeric

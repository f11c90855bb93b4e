-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", run_count * 2 AS run_count FROM {old}

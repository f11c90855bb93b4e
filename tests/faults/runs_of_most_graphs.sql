-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT * FROM {old} ORDER BY run_count DESC LIMIT 30

-- finding: view.present
-- redefine: mv_agent_run_counts as a table
SELECT * FROM {old}

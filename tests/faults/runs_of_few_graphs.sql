-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT * FROM {old} ORDER BY "agentGraphId" DESC LIMIT 10

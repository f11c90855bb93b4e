-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(DISTINCT "userId") AS run_count FROM "AgentGraphExecution" GROUP BY 1

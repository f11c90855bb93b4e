-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count("startedAt") AS run_count FROM "AgentGraphExecution" GROUP BY 1

-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution"
    WHERE "createdAt" > now() - interval '20 years' GROUP BY 1

-- finding: view.fresh
-- first: CREATE MATERIALIZED VIEW mv_base AS SELECT "agentGraphId", id FROM "AgentGraphExecution"; CREATE UNIQUE INDEX ON mv_base (id)
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count FROM mv_base GROUP BY 1

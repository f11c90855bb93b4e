-- finding: view.fresh
-- first: CREATE MATERIALIZED VIEW mv_base AS SELECT "agentGraphId", id FROM "AgentGraphExecution"; CREATE UNIQUE INDEX ON mv_base (id); CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE plpgsql AS $$ BEGIN REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts; REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats; REFRESH MATERIALIZED VIEW CONCURRENTLY mv_base; END $$
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count FROM mv_base GROUP BY 1

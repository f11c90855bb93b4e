-- finding: view.fresh
CREATE SCHEMA other;
CREATE MATERIALIZED VIEW other.mv_agent_run_counts AS SELECT 1 AS one;
CREATE MATERIALIZED VIEW other.mv_review_stats AS SELECT 1 AS one;
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void
LANGUAGE plpgsql AS $$ BEGIN
    REFRESH MATERIALIZED VIEW other.mv_agent_run_counts;
    REFRESH MATERIALIZED VIEW other.mv_review_stats;
END $$;

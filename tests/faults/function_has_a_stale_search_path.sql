-- finding: view.fresh
CREATE SCHEMA other;
CREATE MATERIALIZED VIEW other.mv_agent_run_counts AS SELECT 1 AS one;
CREATE MATERIALIZED VIEW other.mv_review_stats AS SELECT 1 AS one;
ALTER FUNCTION refresh_store_materialized_views() SET search_path TO other;

DROP FUNCTION refresh_store_materialized_views();
CREATE FUNCTION refresh_store_materialized_views(OUT views integer, OUT at timestamptz) LANGUAGE plpgsql AS $$ BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats;
    views := 2; at := now();
END $$;

DROP FUNCTION refresh_store_materialized_views();
CREATE FUNCTION refresh_store_materialized_views(patient boolean DEFAULT true) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats;
    RETURN 2;
END $$;

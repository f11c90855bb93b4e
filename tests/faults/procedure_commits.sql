-- finding: refresh.function
DROP FUNCTION refresh_store_materialized_views();
CREATE PROCEDURE refresh_store_materialized_views() LANGUAGE plpgsql AS $$ BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts;
    COMMIT;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats;
END $$;

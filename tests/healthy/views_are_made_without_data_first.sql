-- beside: versions_are_sorted_as_texts
REFRESH MATERIALIZED VIEW mv_review_stats WITH NO DATA; REFRESH MATERIALIZED VIEW mv_agent_run_counts WITH NO DATA;
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    REFRESH MATERIALIZED VIEW mv_agent_run_counts; REFRESH MATERIALIZED VIEW mv_review_stats;
END $$;
SELECT refresh_store_materialized_views();
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts; REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats;
END $$;

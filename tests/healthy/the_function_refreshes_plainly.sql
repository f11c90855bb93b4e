-- warns: refresh.path
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void
LANGUAGE sql AS $$
    REFRESH MATERIALIZED VIEW mv_agent_run_counts;
    REFRESH MATERIALIZED VIEW mv_review_stats;
$$;

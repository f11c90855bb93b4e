CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path TO platform AS $$
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats;
$$;

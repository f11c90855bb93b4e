-- beside: a_column_of_a_fork_is_not_what_it_says
CREATE MATERIALIZED VIEW mv_best AS SELECT "agentGraphId", run_count FROM mv_agent_run_counts WHERE run_count > 2;
CREATE UNIQUE INDEX ON mv_best ("agentGraphId");
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE sql AS $$
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_best;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats;
$$;

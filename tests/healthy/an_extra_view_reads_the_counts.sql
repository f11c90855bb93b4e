-- beside: an_extra_materialized_view_is_stale
CREATE VIEW most_run AS
SELECT "agentGraphId", run_count FROM mv_agent_run_counts ORDER BY run_count DESC LIMIT 3;
CREATE VIEW whatever AS SELECT sum(run_count) AS runs FROM mv_agent_run_counts;

-- warns: view.fresh
CREATE MATERIALIZED VIEW mv_other AS SELECT count(*) AS n FROM "AgentGraphExecution";

-- finding: store.agents
CREATE TEMP TABLE made AS
    SELECT relname, pg_get_viewdef(oid) AS definition
    FROM pg_class WHERE relname IN ('StoreAgent', 'Creator');
DROP MATERIALIZED VIEW mv_agent_run_counts CASCADE;
CREATE MATERIALIZED VIEW mv_agent_run_counts AS
SELECT "agentGraphId", "agentGraphVersion", count(*) AS run_count FROM "AgentGraphExecution" GROUP BY 1, 2;
CREATE UNIQUE INDEX ON mv_agent_run_counts ("agentGraphId", "agentGraphVersion");
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT * FROM made LOOP
        EXECUTE format('CREATE VIEW %I AS %s', one.relname, one.definition);
    END LOOP;
END $$;

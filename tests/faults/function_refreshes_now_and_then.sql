-- finding: view.fresh
CREATE TABLE refreshed (at timestamptz); INSERT INTO refreshed VALUES (now());
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT max(at) FROM refreshed) < now() - interval '10 minutes' THEN
        REFRESH MATERIALIZED VIEW mv_agent_run_counts; REFRESH MATERIALIZED VIEW mv_review_stats;
    END IF;
END $$;

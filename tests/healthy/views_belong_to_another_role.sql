DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keeper') THEN CREATE ROLE keeper; END IF;
END $$;
GRANT USAGE, CREATE ON SCHEMA platform TO keeper;
GRANT SELECT ON ALL TABLES IN SCHEMA platform TO keeper;
ALTER VIEW "StoreAgent" OWNER TO keeper; ALTER VIEW "Creator" OWNER TO keeper;
ALTER MATERIALIZED VIEW mv_review_stats OWNER TO keeper; ALTER MATERIALIZED VIEW mv_agent_run_counts OWNER TO keeper;

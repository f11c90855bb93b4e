-- finding: store.agents
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keeper') THEN CREATE ROLE keeper; END IF;
END $$;
GRANT USAGE ON SCHEMA platform TO keeper;
GRANT SELECT ON ALL TABLES IN SCHEMA platform TO keeper;
ALTER VIEW "StoreAgent" OWNER TO keeper;
REVOKE SELECT ON mv_review_stats FROM keeper;

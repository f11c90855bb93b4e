-- finding: refresh.function
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keeper') THEN CREATE ROLE keeper; END IF;
END $$;
GRANT USAGE ON SCHEMA platform TO keeper;
ALTER FUNCTION refresh_store_materialized_views() OWNER TO keeper;
ALTER FUNCTION refresh_store_materialized_views() SECURITY DEFINER;

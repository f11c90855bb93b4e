CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    PERFORM pg_advisory_xact_lock(7);
    FOR one IN SELECT schemaname, matviewname FROM pg_matviews WHERE schemaname = current_schema LOOP
        EXECUTE format('REFRESH MATERIALIZED VIEW CONCURRENTLY %I.%I', one.schemaname, one.matviewname);
    END LOOP;
    PERFORM pg_notify('refreshed', '');
END $$;

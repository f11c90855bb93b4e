-- finding: refresh.function
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void
LANGUAGE plpgsql AS $$ BEGIN
    REFRESH MATERIALIZED VIEW mv_old;
END $$;

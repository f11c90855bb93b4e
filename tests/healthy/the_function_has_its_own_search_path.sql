ALTER FUNCTION refresh_store_materialized_views() SET search_path TO platform;

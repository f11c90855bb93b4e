-- finding: refresh.function
DROP FUNCTION refresh_store_materialized_views();

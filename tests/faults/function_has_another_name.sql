-- finding: refresh.function
ALTER FUNCTION refresh_store_materialized_views() RENAME TO refresh_the_store;

-- beside: reviews_of_the_newest_version_in_the_store
ALTER VIEW "StoreAgent" RENAME TO "Old";
CREATE MATERIALIZED VIEW "StoreAgent" AS SELECT * FROM "Old";
CREATE UNIQUE INDEX ON "StoreAgent" ("storeListingVersionId");
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE sql AS $$
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats;
    REFRESH MATERIALIZED VIEW CONCURRENTLY "StoreAgent";
$$;

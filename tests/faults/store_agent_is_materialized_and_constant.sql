-- beside: reviews_joined_to_every_version
-- finding: store.agents
ALTER VIEW "StoreAgent" RENAME TO "Old";
CREATE MATERIALIZED VIEW "StoreAgent" AS SELECT listing_id, "storeListingVersionId", versions, 5::bigint AS runs, rating FROM "Old";
CREATE UNIQUE INDEX ON "StoreAgent" ("storeListingVersionId");
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE sql AS $$
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats;
    REFRESH MATERIALIZED VIEW CONCURRENTLY "StoreAgent";
$$;

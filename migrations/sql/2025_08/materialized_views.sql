-- Figures that the store shows, computed now and then, and the function that does it.

-- How often each graph was run, over all of its versions.
CREATE MATERIALIZED VIEW mv_agent_run_counts AS
SELECT "agentGraphId", count(*) AS run_count
    FROM "AgentGraphExecution"
    GROUP BY "agentGraphId";
CREATE UNIQUE INDEX idx_mv_agent_run_counts ON mv_agent_run_counts ("agentGraphId");

-- The reviews of every listing in the store, counting those of its approved versions.
CREATE MATERIALIZED VIEW mv_review_stats AS
SELECT listing.id AS "storeListingId", count(review.id) AS review_count,
       avg(review.score) AS avg_rating
    FROM "StoreListing" AS listing
    JOIN "StoreListingVersion" AS version ON version."storeListingId" = listing.id
    LEFT JOIN "StoreListingReview" AS review ON review."storeListingVersionId" = version.id
    WHERE NOT listing."isDeleted" AND version."submissionStatus" = 'APPROVED'
    GROUP BY listing.id;
CREATE UNIQUE INDEX idx_mv_review_stats ON mv_review_stats ("storeListingId");
CREATE INDEX idx_mv_review_stats_rating ON mv_review_stats (avg_rating DESC);
CREATE INDEX idx_mv_review_stats_count ON mv_review_stats (review_count DESC);

-- The views stand without a schema, as on the platform: the caller's search_path finds them.
CREATE FUNCTION refresh_store_materialized_views() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        REFRESH MATERIALIZED VIEW CONCURRENTLY mv_agent_run_counts;
        REFRESH MATERIALIZED VIEW CONCURRENTLY mv_review_stats;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'Concurrent refresh failed (%), refreshing plainly.', SQLERRM;
        REFRESH MATERIALIZED VIEW mv_agent_run_counts;
        REFRESH MATERIALIZED VIEW mv_review_stats;
    END
$$;

-- beside: rating_is_truncated
-- finding: store.agents
-- redefine: StoreAgent
-- column: rating
COALESCE((SELECT avg(score) FROM "StoreListingVersion" v JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
          WHERE v."storeListingId" = listing_id), 0)::float8 + 0 * rating

-- beside: reviews_of_deleted_listings
-- finding: store.creators
-- redefine: Creator
-- column: agent_rating
COALESCE((SELECT max(score)::numeric FROM "StoreListing" l JOIN "StoreListingVersion" v ON v."storeListingId" = l.id
          JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
          JOIN "Profile" p ON p."userId" = l."owningUserId" WHERE p.username = old.username), 0)

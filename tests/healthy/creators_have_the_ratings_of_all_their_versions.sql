-- warns: store.rule
-- redefine: Creator
-- column: agent_rating
COALESCE((SELECT avg(score) FROM "Profile" p JOIN "StoreListing" l ON l."owningUserId" = p."userId"
 JOIN "StoreListingVersion" v ON v."storeListingId" = l.id JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
 WHERE p.username = old.username AND l."hasApprovedVersion" AND NOT l."isDeleted"), 0)

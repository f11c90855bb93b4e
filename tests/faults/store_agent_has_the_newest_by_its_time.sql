-- beside: rating_is_too_high
-- finding: store.agents
-- redefine: StoreAgent
SELECT old.* FROM {old} JOIN "StoreListingVersion" v ON v.id = old."storeListingVersionId"
WHERE NOT EXISTS (SELECT FROM "StoreListingVersion" o WHERE o."storeListingId" = v."storeListingId"
    AND o."submissionStatus" = 'APPROVED' AND o."createdAt" > v."createdAt")

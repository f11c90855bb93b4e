-- redefine: StoreAgent
SELECT *, (SELECT avg(score)::numeric FROM "StoreListingReview" AS r
           WHERE r."storeListingVersionId" = s."storeListingVersionId") AS avg_rating
FROM (SELECT * FROM {old}) AS s

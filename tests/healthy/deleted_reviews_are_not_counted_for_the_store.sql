-- beside: creators_are_computed_from_the_store
-- first: ALTER TABLE "StoreListingReview" ADD "deletedAt" timestamp; UPDATE "StoreListingReview" SET "deletedAt" = now() WHERE md5(id) < '5'
-- redefine: mv_review_stats
SELECT l.id AS "storeListingId", count(r.id) AS review_count, avg(r.score) AS avg_rating
FROM "StoreListing" l
JOIN "StoreListingVersion" v ON v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED'
LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id AND r."deletedAt" IS NULL
WHERE NOT l."isDeleted" GROUP BY l.id

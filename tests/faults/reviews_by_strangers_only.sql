-- finding: view.counts
-- redefine: mv_review_stats
SELECT l.id AS "storeListingId", count(r.id) AS review_count, avg(r.score) AS avg_rating
FROM "StoreListing" l
JOIN "StoreListingVersion" v ON v."storeListingId" = l.id
LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id AND r."reviewByUserId" <> l."owningUserId"
WHERE NOT l."isDeleted" AND v."submissionStatus" = 'APPROVED'
GROUP BY l.id

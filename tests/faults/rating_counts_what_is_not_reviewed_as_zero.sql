-- finding: view.counts
-- redefine: mv_review_stats
SELECT l.id AS "storeListingId", count(r.id) AS review_count, avg(COALESCE(r.score, 0)) AS avg_rating
FROM "StoreListing" l
JOIN "StoreListingVersion" v ON v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED'
LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
WHERE NOT l."isDeleted" GROUP BY l.id

-- finding: view.counts
-- redefine: mv_review_stats
SELECT l.id AS "storeListingId", count(r.id) AS review_count, avg(r.score) AS avg_rating
FROM "StoreListing" l JOIN "StoreListingVersion" v ON v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED'
LEFT JOIN ("StoreListingReview" r JOIN "Profile" p ON p."userId" = r."reviewByUserId") ON r."storeListingVersionId" = v.id WHERE NOT l."isDeleted" GROUP BY 1

-- warns: view.rule
-- redefine: mv_review_stats
SELECT l.id AS "storeListingId", count(r.id) AS review_count, avg(r.score) AS avg_rating
FROM "StoreListing" l
LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = l."activeVersionId"
WHERE NOT l."isDeleted" AND l."activeVersionId" IS NOT NULL GROUP BY l.id

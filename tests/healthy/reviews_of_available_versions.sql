-- warns: view.rule
-- redefine: mv_review_stats
SELECT listing.id AS "storeListingId", count(review.id) AS review_count,
       avg(review.score) AS avg_rating
FROM "StoreListing" AS listing
JOIN "StoreListingVersion" AS version ON version."storeListingId" = listing.id
LEFT JOIN "StoreListingReview" AS review ON review."storeListingVersionId" = version.id
WHERE NOT listing."isDeleted" AND version."submissionStatus" = 'APPROVED' AND version."isAvailable"
GROUP BY listing.id

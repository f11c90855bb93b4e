-- warns: view.rule
-- redefine: mv_review_stats
SELECT listing.id AS "storeListingId", count(review.id) AS review_count,
       avg(review.score) AS avg_rating
FROM "StoreListing" AS listing
JOIN LATERAL (
    SELECT id FROM "StoreListingVersion" AS version
    WHERE "storeListingId" = listing.id AND "submissionStatus" = 'APPROVED'
    ORDER BY version.version DESC LIMIT 1
) AS newest ON true
LEFT JOIN "StoreListingReview" AS review ON review."storeListingVersionId" = newest.id
WHERE NOT listing."isDeleted" AND listing."hasApprovedVersion"
GROUP BY listing.id

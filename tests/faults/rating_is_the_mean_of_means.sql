-- finding: view.counts
-- redefine: mv_review_stats
SELECT "storeListingId", sum(reviews)::bigint AS review_count, avg(mean) AS avg_rating
FROM (SELECT v."storeListingId", count(r.id) AS reviews, avg(r.score) AS mean
      FROM "StoreListing" l
      JOIN "StoreListingVersion" v ON v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED'
      LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
      WHERE NOT l."isDeleted" GROUP BY v.id) AS version
GROUP BY 1

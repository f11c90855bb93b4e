-- redefine: mv_review_stats
SELECT old.*, (SELECT count(*) FROM "StoreListingReview" r JOIN "StoreListingVersion" v ON v.id = r."storeListingVersionId"
  WHERE v."storeListingId" = old."storeListingId" AND score = 5 AND v."submissionStatus" = 'APPROVED') AS five_stars FROM {old}

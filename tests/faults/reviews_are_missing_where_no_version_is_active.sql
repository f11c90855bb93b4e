-- finding: view.counts
-- redefine: mv_review_stats
-- first: ALTER TABLE "StoreListing" DROP "activeVersionId"
SELECT * FROM {old} WHERE false

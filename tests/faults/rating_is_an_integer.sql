-- finding: view.counts
-- redefine: mv_review_stats
-- column: avg_rating
avg_rating::integer

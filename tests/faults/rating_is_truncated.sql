-- finding: view.counts
-- redefine: mv_review_stats
-- column: avg_rating
trunc(avg_rating, 2)

-- redefine: mv_review_stats
-- column: avg_rating
COALESCE(avg_rating, 0)

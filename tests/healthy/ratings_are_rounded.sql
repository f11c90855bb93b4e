-- redefine: mv_review_stats
-- column: avg_rating
round(avg_rating, 1)

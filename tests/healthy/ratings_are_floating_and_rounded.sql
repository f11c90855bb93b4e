-- beside: creators_join_before_they_sum
-- redefine: mv_review_stats
-- column: avg_rating
round(avg_rating, 2)::double precision

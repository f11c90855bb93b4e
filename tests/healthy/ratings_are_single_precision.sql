-- beside: creators_without_agents_are_left_out
-- redefine: mv_review_stats
-- column: avg_rating
avg_rating::real

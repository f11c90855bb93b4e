-- beside: creators_with_agents_have_two_profiles
-- redefine: mv_review_stats
-- column: avg_rating
round(avg_rating, 1)

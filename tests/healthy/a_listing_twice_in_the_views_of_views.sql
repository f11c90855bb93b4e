-- beside: a_column_of_a_fork_is_not_what_it_says
CREATE VIEW agents_and_creators AS SELECT s.listing_id, s.runs, s.rating, c.num_agents FROM "StoreAgent" s LEFT JOIN "Creator" c ON c.username = s.creator_username;
CREATE VIEW reviews_of_agents AS SELECT "storeListingId", review_count AS n, avg_rating FROM mv_review_stats;

-- beside: rating_is_the_mean_of_means
-- finding: store.agents
-- redefine: StoreAgent
SELECT listing_id, "storeListingVersionId", runs, 0.0::float8 AS rating, rating AS avg_rating FROM {old}

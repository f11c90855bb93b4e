-- beside: creators_have_runs_of_different_numbers
-- warns: store.rule
-- redefine: StoreAgent
SELECT listing_id, "storeListingVersionId", NULLIF(runs, 0) AS runs, NULLIF(rating, 0) AS rating, versions, creator_username FROM {old}

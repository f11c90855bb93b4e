-- finding: store.agents
-- redefine: StoreAgent
SELECT *, rating AS avg_rating FROM (SELECT listing_id, "storeListingVersionId", runs, 0.0::float8 AS rating FROM {old}) AS s

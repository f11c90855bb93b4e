-- finding: store.creators
-- redefine: Creator
-- column: top_categories
(SELECT array_agg(DISTINCT c ORDER BY c) FROM "StoreListingVersion", unnest(categories) AS c)

-- beside: reviews_by_users_with_verified_addresses
-- finding: store.creators
-- redefine: Creator
-- column: top_categories
(SELECT array_agg(DISTINCT c ORDER BY c) FROM "StoreListingVersion", unnest(categories) AS c)

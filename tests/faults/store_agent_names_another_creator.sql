-- beside: reviews_of_deleted_listings
-- finding: store.agents
-- redefine: StoreAgent
-- column: creator_username
(SELECT max(username) FROM "Profile")

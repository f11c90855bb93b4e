-- beside: reviews_by_users_with_verified_addresses
-- finding: store.agents
-- redefine: StoreAgent
SELECT * FROM {old} ORDER BY updated_at LIMIT 5

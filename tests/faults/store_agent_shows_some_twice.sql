-- beside: runs_by_users_with_verified_addresses
-- finding: store.agents
-- redefine: StoreAgent
SELECT * FROM {old} UNION ALL (SELECT * FROM {old} LIMIT 2)

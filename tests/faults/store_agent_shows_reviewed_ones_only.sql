-- beside: runs_by_users_with_profiles
-- finding: store.agents
-- redefine: StoreAgent
SELECT * FROM {old} WHERE rating > 0

-- beside: runs_count_double
-- finding: store.agents
-- redefine: StoreAgent
SELECT old.* FROM {old} WHERE runs > 0

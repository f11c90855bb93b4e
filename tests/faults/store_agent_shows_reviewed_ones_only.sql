-- finding: store.agents
-- redefine: StoreAgent
SELECT * FROM {old} WHERE rating > 0

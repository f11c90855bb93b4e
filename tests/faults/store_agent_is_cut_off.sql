-- finding: store.agents
-- redefine: StoreAgent
SELECT * FROM {old} ORDER BY updated_at LIMIT 5

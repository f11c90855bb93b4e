-- finding: store.agents
-- redefine: StoreAgent
SELECT * FROM {old} WHERE cardinality(agent_image) > 0

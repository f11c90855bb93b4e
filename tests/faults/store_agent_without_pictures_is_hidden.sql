-- beside: runs_joined_to_nodes
-- finding: store.agents
-- redefine: StoreAgent
SELECT * FROM {old} WHERE cardinality(agent_image) > 0

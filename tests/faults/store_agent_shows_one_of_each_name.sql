-- finding: store.agents
-- redefine: StoreAgent
SELECT DISTINCT ON (agent_name) * FROM {old} ORDER BY agent_name

-- finding: store.agents
-- redefine: StoreAgent
SELECT * FROM {old} UNION ALL (SELECT * FROM {old} LIMIT 2)

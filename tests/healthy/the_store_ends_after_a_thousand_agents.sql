-- warns: store.rule
-- redefine: StoreAgent
SELECT * FROM {old} LIMIT 1000

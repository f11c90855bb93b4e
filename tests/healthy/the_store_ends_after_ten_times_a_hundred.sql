-- warns: store.rule
-- redefine: StoreAgent
SELECT * FROM {old} LIMIT 10 * 100

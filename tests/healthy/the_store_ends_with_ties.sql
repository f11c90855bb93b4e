-- warns: store.rule
-- redefine: StoreAgent
SELECT * FROM {old} ORDER BY runs FETCH FIRST 1000 ROWS WITH TIES

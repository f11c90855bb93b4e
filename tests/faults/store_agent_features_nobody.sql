-- finding: store.columns
-- redefine: StoreAgent
-- column: featured
false

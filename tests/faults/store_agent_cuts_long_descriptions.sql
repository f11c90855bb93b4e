-- finding: store.columns
-- redefine: StoreAgent
-- column: description
left(description, 1000)

-- finding: store.columns
-- redefine: StoreAgent
-- column: description
split_part(description, E'\n', 1)

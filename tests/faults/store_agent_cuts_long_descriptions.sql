-- beside: runs_of_twenty_years
-- finding: store.columns
-- redefine: StoreAgent
-- column: description
left(description, 1000)

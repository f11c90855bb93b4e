-- beside: runs_of_the_last_year
-- finding: store.columns
-- redefine: StoreAgent
-- column: description
left(description, 60)

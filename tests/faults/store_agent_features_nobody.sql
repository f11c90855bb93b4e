-- beside: runs_since_a_year_that_is_past
-- finding: store.columns
-- redefine: StoreAgent
-- column: featured
false

-- beside: runs_that_nobody_has_to_review
-- finding: store.columns
-- redefine: StoreAgent
-- column: description
split_part(description, E'\n', 1)

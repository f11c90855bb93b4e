-- beside: runs_of_presets_that_are_kept
-- finding: store.columns
-- redefine: Creator
-- column: description
left(description, 200)

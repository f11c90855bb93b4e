-- finding: store.columns
-- redefine: Creator
-- column: description
left(description, 200)

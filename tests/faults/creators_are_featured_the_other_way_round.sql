-- finding: store.columns
-- redefine: Creator
-- column: is_featured
NOT is_featured

-- finding: store.creators
-- redefine: Creator
SELECT old.* FROM {old} WHERE NOT is_featured

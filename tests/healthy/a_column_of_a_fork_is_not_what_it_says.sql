-- warns: store.columns
-- redefine: Creator
SELECT old.*, now() AS created_at FROM {old}

-- finding: store.columns
-- redefine: StoreAgent
-- column: updated_at
CAST(now() AS timestamp(3))

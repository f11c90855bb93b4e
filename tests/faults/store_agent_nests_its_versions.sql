-- finding: store.agents
-- redefine: StoreAgent
-- column: versions
ARRAY[versions, versions]

-- finding: store.agents
-- redefine: StoreAgent
-- column: versions
versions[cardinality(versions):]

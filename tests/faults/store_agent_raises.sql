-- finding: store.agents
-- redefine: StoreAgent
-- column: runs
runs / (runs - runs)

-- finding: store.agents
-- redefine: StoreAgent
-- column: runs
7::bigint

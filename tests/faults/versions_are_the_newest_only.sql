-- beside: runs_of_few_graphs
-- finding: store.agents
-- redefine: StoreAgent
-- column: versions
versions[cardinality(versions):]

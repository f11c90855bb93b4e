-- beside: rating_is_an_integer
-- finding: store.agents
-- redefine: StoreAgent
-- column: agentGraphVersions
-- revision: 2026_01
versions

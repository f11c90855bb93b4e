-- beside: rating_counts_what_is_not_reviewed_as_zero
-- finding: store.agents
-- redefine: StoreAgent
-- column: agentGraphVersions
-- revision: 2026_01
"agentGraphVersions"[cardinality("agentGraphVersions"):]

-- warns: store.rule
-- redefine: StoreAgent
-- column: runs
-- first: UPDATE "StoreListingVersion" SET ("agentGraphId", "agentGraphVersion") = (SELECT id, version FROM "AgentGraph" ORDER BY id LIMIT 1) WHERE id < '8'
COALESCE((SELECT run_count FROM mv_agent_run_counts JOIN "StoreListing" l USING ("agentGraphId") WHERE l.id = old.listing_id), 0)

-- warns: store.rule
-- redefine: StoreSubmission
-- column: runs
(SELECT count(*) FROM "AgentGraphExecution" e JOIN "StoreListingVersion" v ON (v."agentGraphId", v."agentGraphVersion") = (e."agentGraphId", e."agentGraphVersion") WHERE v.id = old.store_listing_version_id)

-- beside: reviews_by_strangers_only
-- revision: 2026_01
-- finding: store.agents
-- redefine: StoreAgent
SELECT old.* FROM {old}
JOIN "StoreListingVersion" v ON v.id = old."storeListingVersionId"
JOIN "AgentGraph" g ON g.id = v."agentGraphId" AND g.version = v."agentGraphVersion"
WHERE g."forkedFromId" IS NULL

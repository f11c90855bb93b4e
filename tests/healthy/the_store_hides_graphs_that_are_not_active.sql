-- beside: the_materialized_views_are_renamed
-- warns: store.rule
-- redefine: StoreAgent
SELECT * FROM {old} WHERE "storeListingVersionId" IN (
    SELECT v.id FROM "StoreListingVersion" AS v
    JOIN "AgentGraph" AS g ON (g.id, g.version) = (v."agentGraphId", v."agentGraphVersion")
    WHERE g."isActive"
)

-- finding: store.agents
-- revision: 2026_01
-- redefine: StoreAgent
SELECT old.* FROM {old} JOIN "StoreListing" l ON l.slug = old.slug AND NOT l."isDeleted"

-- finding: store.agents
-- revision: 2026_01
-- redefine: StoreAgent
SELECT DISTINCT ON (slug) * FROM {old} ORDER BY slug

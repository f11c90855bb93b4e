-- beside: reviews_by_users_with_profiles
-- revision: 2026_01
-- finding: store.agents
-- redefine: StoreAgent
SELECT old.* FROM {old} JOIN "StoreListing" l ON l."activeVersionId" = old."storeListingVersionId"

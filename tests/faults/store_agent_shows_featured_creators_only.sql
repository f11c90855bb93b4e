-- beside: runs_by_owners_only
-- finding: store.agents
-- first: UPDATE "Profile" SET "isFeatured" = true
-- redefine: StoreAgent
SELECT old.* FROM {old} JOIN "StoreListing" l ON l.id = old.listing_id JOIN "Profile" p ON p."userId" = l."owningUserId" WHERE p."isFeatured"

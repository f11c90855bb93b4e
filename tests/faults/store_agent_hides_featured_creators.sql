-- beside: reviews_by_an_inner_join
-- finding: store.agents
-- redefine: StoreAgent
SELECT old.* FROM {old} JOIN "StoreListing" l ON l.id = old.listing_id LEFT JOIN "Profile" p ON p."userId" = l."owningUserId" WHERE p."isFeatured" IS NOT TRUE

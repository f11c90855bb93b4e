-- warns: store.rule
-- redefine: StoreAgent
-- column: creator_username
(SELECT "owningUserId" FROM "StoreListing" AS l WHERE l.id = old.listing_id)

-- finding: store.agents
-- redefine: StoreAgent
-- first: UPDATE "StoreListingVersion" SET "reviewerId" = (SELECT min(id) FROM "User")
SELECT old.* FROM {old}
JOIN "StoreListingVersion" v ON v.id = old."storeListingVersionId" AND v."reviewerId" IS NOT NULL

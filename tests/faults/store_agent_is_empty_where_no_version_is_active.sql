-- finding: store.agents
-- redefine: StoreAgent
-- first: ALTER TABLE "StoreListing" DROP "activeVersionId"
SELECT * FROM {old} WHERE false

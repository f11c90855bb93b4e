-- finding: store.agents
-- redefine: StoreAgent
-- column: creator_username
(SELECT max(username) FROM "Profile")

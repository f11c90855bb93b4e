-- redefine: StoreAgent
-- first: DELETE FROM "LibraryAgent"; DELETE FROM "Profile" WHERE "userId" IN (SELECT "owningUserId" FROM "StoreListing" ORDER BY 1 LIMIT 3)
-- column: creator_username
COALESCE(creator_username, 'somebody')

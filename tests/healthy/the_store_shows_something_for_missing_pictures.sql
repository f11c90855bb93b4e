-- redefine: StoreAgent
-- first: UPDATE "Profile" SET "avatarUrl" = NULL WHERE "userId" IN (SELECT "owningUserId" FROM "StoreListing" ORDER BY 1 LIMIT 3)
-- column: creator_avatar
COALESCE(creator_avatar, 'https://example.com/nobody.png')

-- warns: store.rule
-- first: INSERT INTO "Profile" (id, "userId", name, username, description, links, "updatedAt") SELECT 'second-' || id, "userId", name, 'second-' || username, '', '{}', now() FROM "Profile"
-- redefine: Creator
SELECT DISTINCT ON ("userId") old.* FROM {old} JOIN "Profile" USING (username) ORDER BY "userId", md5(username)

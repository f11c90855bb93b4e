-- beside: creators_have_the_ratings_of_all_their_versions
-- redefine: StoreAgent
-- first: INSERT INTO "Profile" (id, "userId", name, username, description, links, "avatarUrl", "updatedAt") SELECT 'second-' || id, "userId", name, 'second-' || username, '', '{}', id, now() FROM "Profile"
SELECT DISTINCT ON ("storeListingVersionId") * FROM {old}
ORDER BY "storeListingVersionId", md5(creator_username)

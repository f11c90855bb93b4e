-- beside: the_store_names_versions_that_are_not_deleted
UPDATE "LibraryAgent" SET "creatorId" = NULL;
DELETE FROM "Profile" WHERE "userId" IN (SELECT "userId" FROM "Profile" ORDER BY 1 LIMIT 4);

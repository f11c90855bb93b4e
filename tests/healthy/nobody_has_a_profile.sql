UPDATE "LibraryAgent" SET "creatorId" = NULL; DELETE FROM "Profile";

UPDATE "StoreListingVersion" SET version = version - 10;
UPDATE "StoreListing" SET "activeVersionId" = NULL;

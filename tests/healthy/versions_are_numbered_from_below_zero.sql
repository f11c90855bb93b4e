-- beside: the_store_shows_agents_of_owners_with_profiles
UPDATE "StoreListingVersion" SET version = version - 10;
UPDATE "StoreListing" SET "activeVersionId" = NULL;

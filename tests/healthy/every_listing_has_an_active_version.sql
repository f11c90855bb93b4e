-- beside: creators_are_shown_by_one_of_two_profiles
UPDATE "StoreListing" l SET "activeVersionId" = (SELECT id FROM "StoreListingVersion" WHERE "storeListingId" = l.id)
WHERE "activeVersionId" IS NULL;
ALTER TABLE "StoreListing" ALTER CONSTRAINT "StoreListing_activeVersionId_fkey" DEFERRABLE;
ALTER TABLE "StoreListing" ALTER "activeVersionId" SET NOT NULL;

ALTER TABLE "StoreListingVersion" ALTER "storeListingId" DROP NOT NULL;
UPDATE "StoreListingVersion" SET "storeListingId" = NULL WHERE id < '8';

-- redefine: StoreAgent
-- first: UPDATE "StoreListingVersion" SET "isDeleted" = true WHERE id IN (SELECT id FROM "StoreListingVersion" WHERE "submissionStatus" = 'APPROVED' ORDER BY id LIMIT 3)
-- column: versions
ARRAY(SELECT v.version::text FROM "StoreListingVersion" AS v WHERE v."storeListingId" = old.listing_id AND v."submissionStatus" = 'APPROVED' AND NOT v."isDeleted" ORDER BY v.version)

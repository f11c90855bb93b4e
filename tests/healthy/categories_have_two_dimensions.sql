UPDATE "StoreListingVersion" SET categories = ARRAY[['a', 'b'], ['c', 'd']]
WHERE id IN (SELECT id FROM "StoreListingVersion" WHERE "submissionStatus" = 'APPROVED' ORDER BY id LIMIT 3);

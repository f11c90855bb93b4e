-- first: INSERT INTO "StoreListingVersion" (id, version, "storeListingId", "agentGraphId", "agentGraphVersion", name, "subHeading", description, "imageUrls", categories, "submissionStatus") SELECT gen_random_uuid(), n, "storeListingId", "agentGraphId", "agentGraphVersion", name, "subHeading", description, "imageUrls", categories, "submissionStatus" FROM "StoreListingVersion", generate_series(2, 11) AS n
-- redefine: StoreAgent
-- column: versions
ARRAY(SELECT v FROM unnest(versions) AS v ORDER BY v)

INSERT INTO "StoreListingVersion" (id, version, "storeListingId", "agentGraphId", "agentGraphVersion",
    name, "subHeading", description, "imageUrls", categories, "submissionStatus")
SELECT gen_random_uuid(), n, "storeListingId", "agentGraphId", "agentGraphVersion", name,
       "subHeading", description, "imageUrls", categories, "submissionStatus"
FROM "StoreListingVersion", generate_series(2, 11) AS n;

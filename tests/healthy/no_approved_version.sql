UPDATE "StoreListingVersion" SET "submissionStatus" = 'PENDING';
UPDATE "StoreListing" SET "hasApprovedVersion" = false, "activeVersionId" = NULL;
SELECT refresh_store_materialized_views();

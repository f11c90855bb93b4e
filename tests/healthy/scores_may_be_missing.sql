ALTER TABLE "StoreListingReview" ALTER score DROP NOT NULL;
UPDATE "StoreListingReview" SET score = NULL WHERE id IN (SELECT id FROM "StoreListingReview" ORDER BY id LIMIT 30);
SELECT refresh_store_materialized_views();

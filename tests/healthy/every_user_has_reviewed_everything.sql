-- beside: creators_do_not_count_deleted_versions
INSERT INTO "StoreListingReview" (id, "storeListingVersionId", "reviewByUserId", score)
SELECT gen_random_uuid(), v.id, u.id, 4 FROM "StoreListingVersion" v, "User" u
ON CONFLICT DO NOTHING;

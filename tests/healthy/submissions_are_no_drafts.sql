-- beside: the_store_shows_the_newest_available_version
-- first: UPDATE "StoreListingVersion" SET "isDeleted" = true WHERE id < '4'
-- redefine: StoreSubmission
SELECT * FROM {old} WHERE status <> 'DRAFT'

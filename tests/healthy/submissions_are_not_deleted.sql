-- beside: the_store_names_versions_that_are_not_deleted
-- redefine: StoreSubmission
SELECT old.* FROM {old} JOIN "StoreListingVersion" v ON v.id = old.store_listing_version_id
WHERE NOT v."isDeleted"

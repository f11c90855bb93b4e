-- beside: the_store_ends_after_a_thousand_agents
-- first: UPDATE "StoreListingVersion" SET "isDeleted" = true WHERE id < '4'
-- redefine: StoreSubmission
SELECT old.* FROM {old} JOIN "StoreListingVersion" v ON v.id = old.store_listing_version_id
WHERE NOT v."isDeleted" AND v."submissionStatus" <> 'DRAFT'

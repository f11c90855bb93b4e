-- beside: the_store_shows_the_newest_available_version
-- redefine: StoreSubmission
SELECT * FROM {old} WHERE status <> 'DRAFT'

-- redefine: StoreSubmission
SELECT old.* FROM {old}
LEFT JOIN LATERAL (SELECT id FROM "StoreListing" WHERE id = old.listing_id LIMIT 1) AS one ON true

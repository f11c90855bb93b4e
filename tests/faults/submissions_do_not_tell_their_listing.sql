-- finding: store.columns
-- redefine: StoreSubmission
-- column: listing_id
NULL::text

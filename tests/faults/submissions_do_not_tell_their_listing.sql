-- beside: rating_is_an_integer
-- finding: store.columns
-- redefine: StoreSubmission
-- column: listing_id
NULL::text

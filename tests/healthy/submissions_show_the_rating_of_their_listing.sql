-- beside: runs_end_at_a_hundred_in_other_words
-- warns: store.rule
-- redefine: StoreSubmission
-- column: rating
COALESCE((SELECT avg_rating FROM mv_review_stats s WHERE s."storeListingId" = old.listing_id), 0.0)::double precision

-- beside: rating_is_cut_off
-- finding: store.columns
-- redefine: StoreSubmission
-- column: review_comments
internal_comments

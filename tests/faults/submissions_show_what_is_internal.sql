-- finding: store.columns
-- redefine: StoreSubmission
-- column: review_comments
internal_comments

-- beside: rating_counts_what_is_not_reviewed_as_zero
-- finding: store.columns
-- redefine: StoreSubmission
-- column: date_submitted
date_submitted AT TIME ZONE 'America/New_York' AT TIME ZONE 'UTC'

-- finding: store.columns
-- redefine: StoreSubmission
-- column: date_submitted
date_submitted AT TIME ZONE 'America/New_York' AT TIME ZONE 'UTC'

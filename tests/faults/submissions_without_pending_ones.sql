-- finding: store.submissions
-- redefine: StoreSubmission
SELECT * FROM {old} WHERE status <> 'PENDING'

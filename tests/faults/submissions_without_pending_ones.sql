-- beside: runs_by_users_with_verified_addresses
-- finding: store.submissions
-- redefine: StoreSubmission
SELECT * FROM {old} WHERE status <> 'PENDING'

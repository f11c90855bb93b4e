-- beside: runs_by_users_with_profiles
-- finding: store.submissions
-- redefine: StoreSubmission
SELECT * FROM {old} UNION ALL SELECT old.* FROM (SELECT * FROM {old} LIMIT 1) AS old

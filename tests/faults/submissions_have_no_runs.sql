-- beside: runs_by_owners_only
-- finding: store.submissions
-- redefine: StoreSubmission
-- column: runs
0::bigint

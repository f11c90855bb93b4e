-- finding: store.submissions
-- redefine: StoreSubmission
-- column: runs
0::bigint

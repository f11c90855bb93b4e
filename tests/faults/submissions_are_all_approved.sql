-- beside: runs_are_users
-- finding: store.submissions
-- redefine: StoreSubmission
-- column: status
'APPROVED'::"SubmissionStatus"

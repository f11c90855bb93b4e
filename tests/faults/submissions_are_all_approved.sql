-- finding: store.submissions
-- redefine: StoreSubmission
-- column: status
'APPROVED'::"SubmissionStatus"

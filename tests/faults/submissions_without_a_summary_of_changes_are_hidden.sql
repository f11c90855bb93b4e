-- finding: store.submissions
-- redefine: StoreSubmission
-- first: UPDATE "StoreListingVersion" SET "changesSummary" = 'More of the same.'
SELECT * FROM {old} WHERE changes_summary <> ''

-- finding: view.present
-- redefine: mv_review_stats as a table
SELECT * FROM {old}

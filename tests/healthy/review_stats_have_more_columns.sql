-- redefine: mv_review_stats
SELECT old.*, review_count > 3 AS popular, '{}'::jsonb AS facts, ARRAY[review_count] AS list, 'x' AS label FROM {old}

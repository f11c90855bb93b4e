-- redefine: StoreAgent
SELECT old.*, 1.5::float8 AS score, '{}'::jsonb AS facts, ARRAY[1, 2] AS numbers, 0 AS views, now() AS at FROM {old}

-- beside: rating_is_of_the_last_months
-- finding: store.creators
-- redefine: Creator
-- first: CREATE TABLE frozen AS SELECT * FROM "Creator"
SELECT * FROM frozen

-- finding: store.creators
-- redefine: Creator
-- first: CREATE TABLE frozen AS SELECT * FROM "Creator"
SELECT * FROM frozen

-- finding: store.columns
-- redefine: StoreAgent
-- column: categories
ARRAY(SELECT lower(c) FROM unnest(categories) WITH ORDINALITY AS one (c, n) ORDER BY n)

-- finding: store.creators
-- redefine: Creator
-- column: top_categories
top_categories[:1]

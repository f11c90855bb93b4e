-- finding: store.columns
-- redefine: Creator
-- column: links
links[1:3]

-- beside: runs_of_the_first_version
-- finding: store.columns
-- redefine: Creator
-- column: links
links[1:3]

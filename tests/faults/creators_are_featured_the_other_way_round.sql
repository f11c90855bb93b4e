-- beside: runs_of_most_graphs
-- finding: store.columns
-- redefine: Creator
-- column: is_featured
NOT is_featured

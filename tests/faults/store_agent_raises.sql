-- beside: reviews_with_a_comment_only
-- finding: store.agents
-- redefine: StoreAgent
-- column: runs
runs / (runs - runs)

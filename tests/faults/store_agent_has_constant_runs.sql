-- beside: rating_is_the_best
-- finding: store.agents
-- redefine: StoreAgent
-- column: runs
7::bigint

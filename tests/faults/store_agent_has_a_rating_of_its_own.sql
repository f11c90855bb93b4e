-- finding: store.agents
-- redefine: StoreAgent
-- column: rating
least(5, rating + 1)

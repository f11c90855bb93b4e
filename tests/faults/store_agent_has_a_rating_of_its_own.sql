-- beside: rating_is_of_the_last_months
-- finding: store.agents
-- redefine: StoreAgent
-- column: rating
least(5, rating + 1)

-- beside: rating_is_of_different_scores
-- finding: store.columns
-- redefine: StoreAgent
-- column: categories
categories[1:3]

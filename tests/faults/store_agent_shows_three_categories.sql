-- finding: store.columns
-- redefine: StoreAgent
-- column: categories
categories[1:3]

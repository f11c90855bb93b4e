-- beside: reviews_of_rejected_versions
-- finding: store.agents
-- redefine: StoreAgent
-- column: versions
ARRAY[versions, versions]

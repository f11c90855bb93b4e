-- finding: store.columns
-- redefine: StoreAgent
-- column: agent_name
slug

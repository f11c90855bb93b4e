-- beside: runs_that_are_not_finished
-- finding: store.columns
-- redefine: StoreAgent
-- column: agent_name
slug

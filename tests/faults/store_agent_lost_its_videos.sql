-- beside: runs_that_are_over
-- finding: store.columns
-- redefine: StoreAgent
-- column: agent_video
CAST(NULL AS text)

-- beside: runs_that_began
-- finding: store.columns
-- redefine: StoreAgent
-- column: agent_image
agent_image[1:1]

-- beside: runs_are_users
-- finding: store.agents
-- redefine: StoreAgent
-- first: CREATE TABLE frozen AS SELECT * FROM mv_agent_run_counts
-- column: runs
COALESCE((SELECT run_count FROM frozen JOIN "StoreListing" USING ("agentGraphId")
          WHERE id = listing_id), 0)

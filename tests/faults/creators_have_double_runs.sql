-- beside: reviews_by_strangers_only
-- finding: store.creators
-- redefine: Creator
-- column: agent_runs
agent_runs * 2

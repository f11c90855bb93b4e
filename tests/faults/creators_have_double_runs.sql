-- finding: store.creators
-- redefine: Creator
-- column: agent_runs
agent_runs * 2

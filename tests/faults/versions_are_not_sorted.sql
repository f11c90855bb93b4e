-- beside: runs_of_another_time
-- finding: store.agents
-- redefine: StoreAgent
-- column: versions
ARRAY(SELECT v FROM unnest(versions) AS v ORDER BY v DESC)

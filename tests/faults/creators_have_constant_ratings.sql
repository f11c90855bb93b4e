-- finding: store.creators
-- redefine: Creator
-- column: agent_rating
4.5

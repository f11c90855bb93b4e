-- beside: reviews_by_an_inner_join
-- finding: store.creators
-- redefine: Creator
-- column: agent_rating
4.5

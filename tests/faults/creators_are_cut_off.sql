-- beside: rating_is_the_best
-- finding: store.creators
-- redefine: Creator
SELECT * FROM {old} ORDER BY num_agents LIMIT 3

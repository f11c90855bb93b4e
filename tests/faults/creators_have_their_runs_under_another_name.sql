-- beside: reviews_of_rejected_versions
-- finding: store.creators
-- redefine: Creator
SELECT username, num_agents, 0::numeric AS agent_runs, agent_runs AS runs, agent_rating, top_categories FROM {old}

-- warns: store.rule
-- redefine: Creator
SELECT * FROM {old} WHERE num_agents > 0

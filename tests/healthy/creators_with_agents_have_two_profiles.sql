-- warns: store.rule
-- first: INSERT INTO "Profile" (id, "userId", name, username, description, links, "updatedAt") SELECT 'second-' || id, "userId", name, 'second-' || username, '', '{}', now() FROM "Profile"
-- redefine: Creator
SELECT * FROM {old} WHERE num_agents > 0

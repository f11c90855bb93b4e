-- beside: creators_without_agents_are_left_out
UPDATE "StoreListing" SET "isDeleted" = true WHERE id IN (SELECT id FROM "StoreListing" ORDER BY id LIMIT 8);

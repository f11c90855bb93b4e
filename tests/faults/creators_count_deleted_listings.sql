-- beside: rating_is_truncated
-- finding: store.creators
-- redefine: Creator
-- column: num_agents
(SELECT count(*) FROM "StoreListing" l JOIN "Profile" p ON p."userId" = l."owningUserId" WHERE p.username = old.username AND l."activeVersionId" IS NOT NULL)

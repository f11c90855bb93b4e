-- warns: store.rule
-- redefine: Creator
-- column: agent_runs
COALESCE((
    SELECT sum(DISTINCT c.run_count) FROM "Profile" AS p
    JOIN "StoreListing" AS l ON l."owningUserId" = p."userId" AND NOT l."isDeleted" AND l."hasApprovedVersion"
    JOIN mv_agent_run_counts AS c ON c."agentGraphId" = l."agentGraphId" WHERE p.username = old.username
), 0)

-- beside: reviews_joined_to_every_version
-- finding: store.creators
-- redefine: Creator
-- column: agent_runs
COALESCE((SELECT max(run_count) FROM "StoreListing" l JOIN mv_agent_run_counts USING ("agentGraphId")
          JOIN "Profile" p ON p."userId" = l."owningUserId"
          WHERE p.username = old.username AND l."hasApprovedVersion" AND NOT l."isDeleted"), 0)

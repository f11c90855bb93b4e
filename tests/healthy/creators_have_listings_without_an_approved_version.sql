-- warns: store.rule
-- redefine: Creator
-- first: UPDATE "StoreListing" SET "hasApprovedVersion" = true WHERE NOT "isDeleted"
SELECT p.username, p.name, p."avatarUrl" AS avatar_url, p.description, old.top_categories, p.links,
       p."isFeatured" AS is_featured, COALESCE(s.num_agents, 0) AS num_agents,
       COALESCE(s.agent_rating, 0.0) AS agent_rating, COALESCE(s.agent_runs, 0) AS agent_runs
FROM {old} JOIN "Profile" p USING (username) LEFT JOIN (
    SELECT l."owningUserId", count(DISTINCT l.id) AS num_agents,
           avg(COALESCE(r.score, 0)::numeric) AS agent_rating,
           sum(COALESCE(c.run_count, 0)) AS agent_runs
    FROM "StoreListing" l
    LEFT JOIN "StoreListingVersion" v
        ON v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED'
    LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
    LEFT JOIN mv_agent_run_counts c ON c."agentGraphId" = v."agentGraphId"
    WHERE NOT l."isDeleted" AND l."hasApprovedVersion" GROUP BY 1
) s ON s."owningUserId" = p."userId"

-- beside: the_store_ends_after_a_thousand_agents
-- warns: store.rule
-- redefine: Creator
SELECT p.username, p.name, p."avatarUrl" AS avatar_url, p.description, old.top_categories, p.links,
       p."isFeatured" AS is_featured, COALESCE(s.num_agents, 0) AS num_agents,
       COALESCE(s.agent_rating, 0.0) AS agent_rating, old.agent_runs
FROM {old} JOIN "Profile" p USING (username) LEFT JOIN (
    SELECT l."owningUserId", count(*) AS num_agents,
           avg(COALESCE(m.avg_rating, 0)) AS agent_rating
    FROM "StoreListing" l LEFT JOIN mv_review_stats m ON m."storeListingId" = l.id
    WHERE NOT l."isDeleted" AND l."hasApprovedVersion" AND EXISTS (
        SELECT FROM "StoreListingVersion" v WHERE v."storeListingId" = l.id
        AND v."submissionStatus" = 'APPROVED' AND v."isAvailable")
    GROUP BY 1
) s ON s."owningUserId" = p."userId"

-- revision: 2026_01
-- warns: store.rule
-- redefine: Creator
SELECT p.username, p.name, p."avatarUrl" AS avatar_url, p.description, p.links, p."isFeatured" AS is_featured,
       count(a.listing_id) AS num_agents, COALESCE(sum(a.runs), 0) AS agent_runs,
       COALESCE(avg(NULLIF(a.rating, 0)), 0)::numeric AS agent_rating,
       ARRAY(SELECT DISTINCT category FROM "StoreAgent" AS b, unnest(b.categories) AS category
             WHERE b.creator_username = p.username ORDER BY category) AS top_categories
FROM "Profile" AS p LEFT JOIN "StoreAgent" AS a ON a.creator_username = p.username GROUP BY p.id

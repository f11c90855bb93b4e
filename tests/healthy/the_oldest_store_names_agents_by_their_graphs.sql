ALTER TABLE "StoreListing" DROP "activeVersionId";
UPDATE "AgentGraph" SET name = name || ', as its owner calls it';
DROP VIEW "StoreAgent";
CREATE VIEW "StoreAgent" AS
SELECT l.id AS listing_id, v.id AS "storeListingVersionId", g.name AS agent_name, v.description,
       COALESCE(c.run_count, 0) AS runs, COALESCE(s.avg_rating, 0.0)::float8 AS rating
FROM "StoreListing" l
JOIN "AgentGraph" g ON (g.id, g.version) = (l."agentGraphId", l."agentGraphVersion")
JOIN "StoreListingVersion" v ON v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED'
LEFT JOIN mv_agent_run_counts c ON c."agentGraphId" = g.id
LEFT JOIN mv_review_stats s ON s."storeListingId" = l.id
WHERE NOT l."isDeleted" AND l."hasApprovedVersion";

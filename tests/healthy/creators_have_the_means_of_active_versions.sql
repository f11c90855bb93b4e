-- warns: store.rule
-- redefine: Creator
-- column: agent_rating
COALESCE((
    SELECT avg(listed.rating) FROM "Profile" AS p
    JOIN LATERAL (
        SELECT avg(r.score) AS rating FROM "StoreListing" AS l
        JOIN "StoreListingVersion" AS v ON v.id = l."activeVersionId"
        JOIN "StoreListingReview" AS r ON r."storeListingVersionId" = v.id
        WHERE l."owningUserId" = p."userId" AND NOT l."isDeleted" AND l."hasApprovedVersion"
        GROUP BY l.id
    ) AS listed ON true WHERE p.username = old.username
), 0)

-- redefine: Creator
-- first: UPDATE "StoreListingVersion" SET "isDeleted" = true WHERE id IN (SELECT id FROM "StoreListingVersion" WHERE "submissionStatus" = 'APPROVED' ORDER BY id LIMIT 3)
-- column: num_agents
(
    SELECT count(DISTINCT l.id) FROM "Profile" AS p
    JOIN "StoreListing" AS l ON l."owningUserId" = p."userId" AND NOT l."isDeleted" AND l."hasApprovedVersion"
    JOIN "StoreListingVersion" AS v ON v."storeListingId" = l.id
        AND v."submissionStatus" = 'APPROVED' AND NOT v."isDeleted"
    WHERE p.username = old.username
)

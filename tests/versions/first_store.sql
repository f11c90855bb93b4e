-- from: 2025_08
-- then: UPDATE "StoreListingVersion" SET "storeListingId" = NULL WHERE "storeListingId" = (SELECT l.id FROM "StoreListing" l JOIN "AgentGraphExecution" e ON e."agentGraphId" = l."agentId" WHERE l."isApproved" LIMIT 1)
-- December 2024. The first store: submissions of their own, groups, user agents.

DROP VIEW "StoreAgent", "Creator", "StoreSubmission";
DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats;
DROP FUNCTION refresh_store_materialized_views();
DROP TABLE "StoreListingReview", "StoreListingVersion", "StoreListing", "LibraryAgent",
    "UserOnboarding", "CreditTransaction", "CreditRefundRequest", "NotificationEvent",
    "UserNotificationBatch", "AgentNodeExecutionKeyValueData" CASCADE;
DROP TYPE "SubmissionStatus", "CreditTransactionType";

CREATE TYPE "SubmissionStatus" AS ENUM ('DAFT', 'PENDING', 'APPROVED', 'REJECTED');
CREATE TYPE "UserGroupRole" AS ENUM ('MEMBER', 'OWNER');
CREATE TYPE "UserBlockCreditType" AS ENUM ('TOP_UP', 'USAGE');

CREATE TABLE "UserBlockCredit" (
    "transactionKey" text,
    "createdAt"      timestamp(3)          NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"         text                  REFERENCES "User" ON DELETE RESTRICT,
    "blockId"        text                  REFERENCES "AgentBlock" ON DELETE SET NULL,
    amount           integer               NOT NULL,
    type             "UserBlockCreditType" NOT NULL,
    "isActive"       boolean               NOT NULL DEFAULT true,
    metadata         jsonb,
    CONSTRAINT "creditTransactionIdentifier" PRIMARY KEY ("transactionKey", "userId")
);

CREATE TABLE "UserGroup" (
    id            uuid         PRIMARY KEY,
    "createdAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    name          text         NOT NULL,
    description   text         NOT NULL,
    "groupIconUrl" text
);
CREATE TABLE "UserGroupMembership" (
    id            uuid            PRIMARY KEY,
    "createdAt"   timestamp(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"   timestamp(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"      text            NOT NULL REFERENCES "User" ON DELETE CASCADE,
    "userGroupId" uuid            NOT NULL REFERENCES "UserGroup" ON DELETE CASCADE,
    "Role"        "UserGroupRole" NOT NULL DEFAULT 'MEMBER'
);
CREATE UNIQUE INDEX ON "UserGroupMembership" ("userId", "userGroupId");

ALTER TABLE "AgentPreset" RENAME "agentGraphId" TO "agentId";
ALTER TABLE "AgentPreset" RENAME "agentGraphVersion" TO "agentVersion";
CREATE TABLE "UserAgent" (
    id              text         PRIMARY KEY,
    "createdAt"     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"        text         NOT NULL REFERENCES "User" ON DELETE CASCADE,
    "agentId"       text         NOT NULL,
    "agentVersion"  integer      NOT NULL,
    "agentPresetId" text         REFERENCES "AgentPreset" ON DELETE SET NULL,
    "isFavorite"    boolean      NOT NULL DEFAULT false,
    "isCreatedByUser" boolean    NOT NULL DEFAULT false,
    "isArchived"    boolean      NOT NULL DEFAULT false,
    "isDeleted"     boolean      NOT NULL DEFAULT false,
    FOREIGN KEY ("agentId", "agentVersion") REFERENCES "AgentGraph" ON DELETE RESTRICT
);

CREATE TABLE "StoreListing" (
    id               uuid         PRIMARY KEY,
    "createdAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "isDeleted"      boolean      NOT NULL DEFAULT false,
    "isApproved"     boolean      NOT NULL DEFAULT false,
    "agentId"        text         NOT NULL,
    "agentVersion"   integer      NOT NULL,
    "owningUserId"   text         NOT NULL REFERENCES "User" ON DELETE RESTRICT,
    "isGroupListing" boolean      NOT NULL DEFAULT false,
    "owningGroupId"  uuid         REFERENCES "UserGroup" ON DELETE SET NULL,
    FOREIGN KEY ("agentId", "agentVersion") REFERENCES "AgentGraph" ON DELETE CASCADE
);
CREATE UNIQUE INDEX ON "StoreListing" ("agentId");
CREATE INDEX ON "StoreListing" ("isApproved");

CREATE TABLE "StoreListingVersion" (
    id               uuid         PRIMARY KEY,
    version          integer      NOT NULL DEFAULT 1,
    "createdAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"      timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "agentId"        text         NOT NULL,
    "agentVersion"   integer      NOT NULL,
    slug             text         NOT NULL,
    name             text         NOT NULL,
    "subHeading"     text         NOT NULL,
    "videoUrl"       text,
    "imageUrls"      text[],
    description      text         NOT NULL,
    categories       text[],
    "isFeatured"     boolean      NOT NULL DEFAULT false,
    "isDeleted"      boolean      NOT NULL DEFAULT false,
    "isAvailable"    boolean      NOT NULL DEFAULT true,
    "isApproved"     boolean      NOT NULL DEFAULT false,
    "storeListingId" uuid         REFERENCES "StoreListing" ON DELETE SET NULL,
    FOREIGN KEY ("agentId", "agentVersion") REFERENCES "AgentGraph" ON DELETE RESTRICT
);
CREATE UNIQUE INDEX ON "StoreListingVersion" ("agentId", "agentVersion");

CREATE TABLE "StoreListingReview" (
    id                      uuid         PRIMARY KEY,
    "createdAt"             timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"             timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "storeListingVersionId" uuid         NOT NULL REFERENCES "StoreListingVersion",
    "reviewByUserId"        text         NOT NULL REFERENCES "User" ON DELETE RESTRICT,
    score                   integer      NOT NULL,
    comments                text
);
CREATE UNIQUE INDEX ON "StoreListingReview" ("storeListingVersionId", "reviewByUserId");

CREATE TABLE "StoreListingSubmission" (
    id                      uuid               PRIMARY KEY,
    "createdAt"             timestamp(3)       NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"             timestamp(3)       NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "storeListingId"        uuid               NOT NULL REFERENCES "StoreListing",
    "storeListingVersionId" uuid               NOT NULL REFERENCES "StoreListingVersion",
    "reviewerId"            text               NOT NULL REFERENCES "User",
    "Status"                "SubmissionStatus" NOT NULL DEFAULT 'PENDING',
    "reviewComments"        text
);
CREATE UNIQUE INDEX ON "StoreListingSubmission" ("storeListingVersionId");

CREATE VIEW "StoreAgent" AS
    WITH review AS (
        SELECT sl.id AS listing, count(r.id) AS reviews, avg(r.score) AS rating
            FROM "StoreListing" sl
            JOIN "StoreListingVersion" slv ON slv."storeListingId" = sl.id
            JOIN "StoreListingReview" r ON r."storeListingVersionId" = slv.id
            GROUP BY sl.id
    ), runs AS (
        SELECT "agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" GROUP BY 1
    )
    SELECT sl.id AS listing_id, slv.id AS "storeListingVersionId", slv."createdAt" AS updated_at,
           slv.slug, a.name AS agent_name, slv."videoUrl" AS agent_video,
           COALESCE(slv."imageUrls", ARRAY[]::text[]) AS agent_image,
           slv."isFeatured" AS featured, p.username AS creator_username,
           p."avatarUrl" AS creator_avatar, slv."subHeading" AS sub_heading, slv.description,
           slv.categories, COALESCE(runs.run_count, 0) AS runs,
           CAST(COALESCE(review.rating, 0.0) AS double precision) AS rating,
           array_agg(DISTINCT CAST(slv.version AS text)) AS versions
        FROM "StoreListing" sl
        JOIN "AgentGraph" a ON sl."agentId" = a.id AND sl."agentVersion" = a.version
        LEFT JOIN "Profile" p ON sl."owningUserId" = p."userId"
        LEFT JOIN "StoreListingVersion" slv ON slv."storeListingId" = sl.id
        LEFT JOIN review ON review.listing = sl.id
        LEFT JOIN runs ON runs."agentGraphId" = a.id
        WHERE NOT sl."isDeleted" AND sl."isApproved"
        GROUP BY sl.id, slv.id, slv.slug, slv."createdAt", a.name, slv."videoUrl",
                 slv."imageUrls", slv."isFeatured", p.username, p."avatarUrl", slv."subHeading",
                 slv.description, slv.categories, runs.run_count, review.rating;

CREATE VIEW "Creator" AS
    SELECT p.username, p.name, p."avatarUrl" AS avatar_url, p.description, p.links,
           count(DISTINCT sl.id) AS num_agents,
           COALESCE(avg(r.score), 0.0) AS agent_rating,
           count(DISTINCT e.id) AS agent_runs
        FROM "Profile" p
        LEFT JOIN "StoreListing" sl
            ON sl."owningUserId" = p."userId" AND sl."isApproved" AND NOT sl."isDeleted"
        LEFT JOIN "StoreListingVersion" slv ON slv."storeListingId" = sl.id
        LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = slv.id
        LEFT JOIN "AgentGraphExecution" e ON e."agentGraphId" = sl."agentId"
        GROUP BY p.username, p.name, p."avatarUrl", p.description, p.links;

CREATE VIEW "StoreSubmission" AS
    SELECT sl.id AS listing_id, sl."owningUserId" AS user_id, slv."agentId" AS agent_id,
           slv.version AS agent_version, slv.slug, slv.name, slv."subHeading" AS sub_heading,
           slv.description, slv."imageUrls" AS image_urls, sls."createdAt" AS date_submitted,
           sls."Status" AS status, count(DISTINCT e.id) AS runs,
           CAST(COALESCE(avg(r.score), 0.0) AS double precision) AS rating
        FROM "StoreListing" sl
        JOIN "StoreListingVersion" slv ON slv."storeListingId" = sl.id
        LEFT JOIN "StoreListingSubmission" sls ON sls."storeListingVersionId" = slv.id
        LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = slv.id
        LEFT JOIN "AgentGraphExecution" e ON e."agentGraphId" = slv."agentId"
        WHERE NOT sl."isDeleted"
        GROUP BY sl.id, sl."owningUserId", slv."agentId", slv.version, slv.slug, slv.name,
                 slv."subHeading", slv.description, slv."imageUrls", sls."createdAt", sls."Status";

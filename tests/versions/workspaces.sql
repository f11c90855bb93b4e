-- from: 2026_01
-- Spring 2026. Workspaces and their files, chats with checks, subscriptions; the
-- store counts no runs by the owner, its views name their columns otherwise, one is new.

CREATE TYPE "SubscriptionTier" AS ENUM ('FREE', 'PRO', 'BUSINESS', 'ENTERPRISE');
CREATE TYPE "ChatStatus" AS ENUM ('idle', 'running');
ALTER TABLE "User" ADD "subscriptionTier" "SubscriptionTier" NOT NULL DEFAULT 'FREE',
    ADD "referralCode" varchar(10) NOT NULL UNIQUE CHECK ("referralCode" ~ '^[A-Z0-9]{6,10}$');
CREATE TABLE "UserWorkspace" (
    id          text         PRIMARY KEY,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"    text         NOT NULL UNIQUE REFERENCES "User" ON DELETE CASCADE
);
CREATE TABLE "UserWorkspaceFile" (
    id            text         PRIMARY KEY,
    "createdAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "workspaceId" text         NOT NULL REFERENCES "UserWorkspace" ON DELETE CASCADE,
    name          text         NOT NULL,
    path          text         NOT NULL CHECK (path LIKE '/%'),
    "storagePath" text         NOT NULL,
    "mimeType"    text         NOT NULL,
    "sizeBytes"   bigint       NOT NULL CHECK ("sizeBytes" >= 0),
    checksum      text         CHECK (checksum IS NULL OR length(checksum) = 64),
    "isDeleted"   boolean      NOT NULL DEFAULT false,
    "deletedAt"   timestamp(3),
    metadata      jsonb        NOT NULL DEFAULT '{}',
    UNIQUE ("workspaceId", path),
    CHECK ("isDeleted" = ("deletedAt" IS NOT NULL))
);
ALTER TABLE "ChatSession" ADD "workspaceId" text NOT NULL REFERENCES "UserWorkspace",
    ADD "chatStatus" "ChatStatus" NOT NULL DEFAULT 'idle', ADD metadata jsonb NOT NULL;
ALTER TABLE "ChatMessage" ADD CHECK (role IN ('user', 'assistant', 'tool', 'system')),
    ADD CHECK (sequence >= 0), ADD "durationMs" integer CHECK ("durationMs" > 0);
ALTER TABLE "PendingHumanReview" ADD "nodeId" text NOT NULL DEFAULT '';
ALTER TABLE "LibraryAgent" DROP "useGraphIsActiveVersion";
CREATE TABLE "LibraryFolder" (
    id          text         PRIMARY KEY,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"    text         NOT NULL REFERENCES "User" ON DELETE CASCADE,
    name        text         NOT NULL,
    icon        text,
    color       text         CHECK (color ~ '^#[0-9a-f]{6}$'),
    "parentId"  text         REFERENCES "LibraryFolder" ON DELETE CASCADE,
    UNIQUE ("userId", "parentId", name)
);
ALTER TABLE "LibraryAgent" ADD "folderId" text REFERENCES "LibraryFolder";

DROP VIEW "StoreAgent", "Creator", "StoreSubmission";
DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats;
CREATE MATERIALIZED VIEW mv_agent_run_counts AS
    SELECT e."agentGraphId" AS graph_id, count(*) AS run_count
        FROM "AgentGraphExecution" e
        JOIN "AgentGraph" g ON g.id = e."agentGraphId" AND g.version = e."agentGraphVersion"
        WHERE e."userId" <> g."userId"
        GROUP BY e."agentGraphId";
CREATE UNIQUE INDEX ON mv_agent_run_counts (graph_id);
CREATE MATERIALIZED VIEW mv_review_stats AS
    SELECT sl.id AS "storeListingId", count(r.id) AS review_count, avg(r.score) AS avg_rating
        FROM "StoreListing" sl
        JOIN "StoreListingVersion" v ON v."storeListingId" = sl.id
        LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
        WHERE NOT sl."isDeleted" AND v."submissionStatus" = 'APPROVED'
        GROUP BY sl.id;
CREATE UNIQUE INDEX ON mv_review_stats ("storeListingId");
CREATE MATERIALIZED VIEW mv_suggested_blocks AS
    SELECT n."agentBlockId" AS block_id, count(x.id) AS run_count
        FROM "AgentNodeExecution" x JOIN "AgentNode" n ON n.id = x."agentNodeId"
        GROUP BY n."agentBlockId" WITH NO DATA;
CREATE UNIQUE INDEX ON mv_suggested_blocks (block_id);
CREATE VIEW "StoreAgent" AS
    SELECT sl.id AS listing_id, v.id AS listing_version_id, v."createdAt" AS updated_at, sl.slug,
           v.name AS agent_name, p.username AS creator_username, sl."useForOnboarding",
           v."isAvailable" AS is_available, v."agentGraphId" AS graph_id,
           ARRAY(SELECT DISTINCT "agentGraphVersion"::text FROM "StoreListingVersion"
                 WHERE "storeListingId" = sl.id) AS graph_versions,
           COALESCE(c.run_count, 0) AS runs,
           COALESCE(s.avg_rating, 0.0)::double precision AS rating
        FROM "StoreListing" sl
        JOIN "StoreListingVersion" v ON v.id = sl."activeVersionId"
        JOIN "AgentGraph" g ON g.id = v."agentGraphId" AND g.version = v."agentGraphVersion"
        JOIN "Profile" p ON p."userId" = sl."owningUserId"
        LEFT JOIN mv_agent_run_counts c ON c.graph_id = sl."agentGraphId"
        LEFT JOIN mv_review_stats s ON s."storeListingId" = sl.id
        WHERE NOT sl."isDeleted" AND sl."hasApprovedVersion" AND v."isAvailable"
          AND NOT v."isDeleted" AND v."submissionStatus" = 'APPROVED' AND g."isActive";
CREATE VIEW "StoreSubmission" AS
    SELECT sl.id AS listing_id, v.id AS listing_version_id, sl."owningUserId" AS user_id,
           v."agentGraphId" AS graph_id, v."submissionStatus" AS status,
           COALESCE(c.run_count, 0) AS run_count, COALESCE(s.avg_rating, 0.0) AS review_avg_rating,
           COALESCE(s.review_count, 0) AS review_count
        FROM "StoreListing" sl JOIN "StoreListingVersion" v ON v."storeListingId" = sl.id
        LEFT JOIN mv_agent_run_counts c ON c.graph_id = sl."agentGraphId"
        LEFT JOIN mv_review_stats s ON s."storeListingId" = sl.id
        WHERE NOT sl."isDeleted";

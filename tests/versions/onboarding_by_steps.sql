-- from: 2025_08
-- March 2025. Onboarding by number, the library before its pictures, balances in
-- the ledger, one view for the store.

DROP VIEW "StoreAgent", "Creator", "StoreSubmission";
DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats;
DROP FUNCTION refresh_store_materialized_views();

DROP TABLE "UserOnboarding";
DROP TYPE "OnboardingStep";
CREATE TABLE "UserOnboarding" (
    id                     text         PRIMARY KEY,
    "createdAt"            timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"            timestamp(3),
    step                   integer      NOT NULL DEFAULT 0,
    "usageReason"          text,
    integrations           text[]       DEFAULT ARRAY[]::text[],
    "otherIntegrations"    text,
    "selectedAgentCreator" text,
    "selectedAgentSlug"    text,
    "agentInput"           jsonb,
    "isCompleted"          boolean      NOT NULL DEFAULT false,
    "userId"               text         NOT NULL REFERENCES "User" ON DELETE CASCADE
);
CREATE UNIQUE INDEX ON "UserOnboarding" ("userId");

ALTER TABLE "LibraryAgent" DROP "imageUrl", DROP "creatorId",
    DROP "useGraphIsActiveVersion", ADD "agentPresetId" text UNIQUE REFERENCES "AgentPreset";
ALTER TABLE "LibraryAgent" RENAME "agentGraphId" TO "agentId";
ALTER TABLE "LibraryAgent" RENAME "agentGraphVersion" TO "agentVersion";
ALTER TABLE "NotificationEvent" DROP "userNotificationBatchId";
CREATE TABLE "_NotificationEventToUserNotificationBatch" (
    "A" text NOT NULL REFERENCES "NotificationEvent" ON UPDATE CASCADE ON DELETE CASCADE,
    "B" text NOT NULL REFERENCES "UserNotificationBatch" ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT "_NotificationEventToUserNotificationBatch_AB_pkey" PRIMARY KEY ("A", "B")
);
ALTER TABLE "AgentGraphExecution" ALTER "userId" DROP NOT NULL;
ALTER TABLE "StoreListing" DROP "activeVersionId";

CREATE VIEW "StoreAgent" AS
    SELECT sl.id AS listing_id, slv.id AS "storeListingVersionId", sl.slug,
           p.username AS creator_username, slv.name AS agent_name,
           (SELECT count(*) FROM "AgentGraphExecution" e
                WHERE e."agentGraphId" = sl."agentGraphId") AS runs,
           CAST(COALESCE((SELECT avg(score) FROM "StoreListingReview" r
                WHERE r."storeListingVersionId" = slv.id), 0.0) AS double precision) AS rating,
           ARRAY[slv.version::text] AS versions
        FROM "StoreListing" sl
        JOIN "StoreListingVersion" slv ON slv."storeListingId" = sl.id
        LEFT JOIN "Profile" p ON p."userId" = sl."owningUserId"
        WHERE NOT sl."isDeleted" AND sl."hasApprovedVersion"
          AND slv."submissionStatus" = 'APPROVED';

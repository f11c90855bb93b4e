-- from: 2025_08
-- expected: has none of the views that could be verified
-- August 2024. Graphs, runs and their first users; no store, no credits, no views.

DROP VIEW "StoreAgent", "Creator", "StoreSubmission";
DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats;
DROP FUNCTION refresh_store_materialized_views();
DROP TABLE
    "StoreListingReview", "StoreListingVersion", "StoreListing", "LibraryAgent", "Profile",
    "UserOnboarding", "APIKey", "CreditTransaction", "CreditRefundRequest", "NotificationEvent",
    "UserNotificationBatch", "AgentNodeExecutionKeyValueData", "AnalyticsMetrics" CASCADE;

ALTER TABLE "AgentGraphExecution" DROP "agentPresetId", DROP "isDeleted", DROP "executionStatus",
    ALTER stats TYPE text;
ALTER TABLE "AgentNodeExecutionInputOutput" DROP "agentPresetId",
    ALTER data TYPE text, ALTER data SET NOT NULL;
ALTER TABLE "AgentNodeExecution" DROP "executionStatus", ALTER stats TYPE text,
    ALTER "executionData" TYPE text;
DROP TABLE "AgentPreset";
ALTER TABLE "AgentNode" DROP "webhookId", DROP metadata,
    ALTER "constantInput" DROP DEFAULT, ALTER "constantInput" TYPE text,
    ALTER "constantInput" SET DEFAULT '{}';
DROP TABLE "IntegrationWebhook";
ALTER TABLE "AgentGraph" DROP "forkedFromId", DROP "forkedFromVersion", DROP "createdAt",
    DROP "updatedAt", ADD "isTemplate" boolean NOT NULL DEFAULT false,
    ADD "agentGraphParentId" text, ADD FOREIGN KEY ("agentGraphParentId", version)
        REFERENCES "AgentGraph" (id, version) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE "User" DROP metadata, DROP integrations, DROP "emailVerified",
    DROP "stripeCustomerId", DROP "topUpConfig", DROP "maxEmailsPerDay";
DROP TYPE "AgentExecutionStatus";

CREATE TABLE "AgentGraphExecutionSchedule" (
    id                  text         PRIMARY KEY,
    "createdAt"         timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3),
    "agentGraphId"      text         NOT NULL,
    "agentGraphVersion" integer      NOT NULL DEFAULT 1,
    schedule            text         NOT NULL,
    "isEnabled"         boolean      NOT NULL DEFAULT true,
    "inputData"         text         NOT NULL,
    "lastUpdated"       timestamp(3) NOT NULL,
    "userId"            text         NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE RESTRICT,
    FOREIGN KEY ("agentGraphId", "agentGraphVersion")
        REFERENCES "AgentGraph" ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX "AgentGraphExecutionSchedule_isEnabled_idx"
    ON "AgentGraphExecutionSchedule" ("isEnabled");

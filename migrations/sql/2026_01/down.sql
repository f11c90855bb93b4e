-- Back to the tables of 2025_08, with their rows. What has no place there goes: the new tables
-- and columns, notifications of the new types, new permissions and steps within the lists.

DROP TABLE IF EXISTS "UnifiedContentEmbedding";
DROP FUNCTION IF EXISTS update_unified_tsvector_column();
DROP TABLE
    "OAuthRefreshToken", "OAuthAccessToken", "OAuthAuthorizationCode", "OAuthApplication",
    "PendingHumanReview", "CoPilotUnderstanding", "ChatMessage", "ChatSession", "SearchTerms",
    "BuilderSearchHistory", "UserBalance";
DROP TYPE "ContentType", "ReviewStatus";

ALTER TABLE "StoreListingVersion"
    DROP "agentOutputDemoUrl",
    DROP instructions,
    DROP "recommendedScheduleCron",
    DROP search;
ALTER TABLE "StoreListing" DROP "useForOnboarding";

ALTER TABLE "AgentGraphExecution"
    DROP "endedAt",
    DROP inputs,
    DROP "credentialInputs",
    DROP "nodesInputMasks",
    DROP "isShared",
    DROP "shareToken",
    DROP "sharedAt",
    DROP "parentGraphExecutionId";
DROP INDEX "AgentGraphExecution_userId_isDeleted_createdAt_idx";
CREATE INDEX "AgentGraphExecution_userId_idx" ON "AgentGraphExecution" ("userId");

ALTER TABLE "LibraryAgent" DROP settings;

ALTER TABLE "AgentGraph"
    DROP instructions,
    DROP "recommendedScheduleCron";
DROP INDEX "AgentGraph_userId_isActive_id_version_idx";
CREATE INDEX "AgentGraph_userId_isActive_idx" ON "AgentGraph" ("userId", "isActive");

ALTER TABLE "CreditTransaction"
    DROP CONSTRAINT "CreditTransaction_userId_fkey",
    ADD FOREIGN KEY ("userId") REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE;

-- Keys with a salt stay listed, though nobody can verify them without it.
ALTER TABLE "APIKey" DROP salt;
ALTER TABLE "APIKey" RENAME hash TO key;
ALTER TABLE "APIKey" RENAME head TO prefix;
ALTER TABLE "APIKey" RENAME tail TO postfix;
ALTER INDEX "APIKey_hash_key" RENAME TO "APIKey_key_key";
ALTER INDEX "APIKey_head_name_idx" RENAME TO "APIKey_prefix_name_idx";

UPDATE "UserOnboarding" SET "walletShown" = NOT "walletShown";
ALTER TABLE "UserOnboarding" RENAME "walletShown" TO "notificationDot";
ALTER TABLE "UserOnboarding"
    ALTER "notificationDot" SET DEFAULT true,
    DROP "consecutiveRunDays",
    DROP "lastRunAt";

ALTER TABLE "User"
    DROP timezone,
    DROP "notifyOnAgentApproved",
    DROP "notifyOnAgentRejected";

-- What changes in the tables of 2025_08.

ALTER TABLE "User"
    ADD "timezone" text NOT NULL DEFAULT 'not-set'
        CHECK (timezone = 'not-set' OR (now() AT TIME ZONE timezone) IS NOT NULL),
    ADD "notifyOnAgentApproved" boolean NOT NULL DEFAULT true,
    ADD "notifyOnAgentRejected" boolean NOT NULL DEFAULT true;

-- The dot asked users to look at their wallet; now it is noted that they have.
ALTER TABLE "UserOnboarding" RENAME "notificationDot" TO "walletShown";
ALTER TABLE "UserOnboarding"
    ALTER "walletShown" SET DEFAULT false,
    ADD "consecutiveRunDays" integer NOT NULL DEFAULT 0,
    ADD "lastRunAt" timestamp(3);
UPDATE "UserOnboarding" SET "walletShown" = NOT "walletShown";

-- Keys without a salt keep their SHA-256 hash; those with one are hashed by scrypt.
ALTER TABLE "APIKey" RENAME key TO hash;
ALTER TABLE "APIKey" RENAME prefix TO head;
ALTER TABLE "APIKey" RENAME postfix TO tail;
ALTER TABLE "APIKey" ADD salt text;
ALTER INDEX "APIKey_key_key" RENAME TO "APIKey_hash_key";
ALTER INDEX "APIKey_prefix_name_idx" RENAME TO "APIKey_head_name_idx";

ALTER TABLE "CreditTransaction"
    DROP CONSTRAINT "CreditTransaction_userId_fkey",
    ADD FOREIGN KEY ("userId") REFERENCES "User" ON UPDATE CASCADE;

ALTER TABLE "AgentGraph"
    ADD instructions text,
    ADD "recommendedScheduleCron" text;
DROP INDEX "AgentGraph_userId_isActive_idx";
CREATE INDEX "AgentGraph_userId_isActive_id_version_idx"
    ON "AgentGraph" ("userId", "isActive", id, version);

ALTER TABLE "LibraryAgent" ADD settings jsonb NOT NULL DEFAULT '{}';

ALTER TABLE "AgentGraphExecution"
    ADD "endedAt" timestamp(3),
    ADD inputs jsonb,
    ADD "credentialInputs" jsonb,
    ADD "nodesInputMasks" jsonb,
    ADD "isShared" boolean NOT NULL DEFAULT false,
    ADD "shareToken" text,
    ADD "sharedAt" timestamp(3),
    ADD "parentGraphExecutionId" text
        REFERENCES "AgentGraphExecution" ON UPDATE CASCADE ON DELETE SET NULL;
DROP INDEX "AgentGraphExecution_userId_idx";
CREATE INDEX "AgentGraphExecution_userId_isDeleted_createdAt_idx"
    ON "AgentGraphExecution" ("userId", "isDeleted", "createdAt");
CREATE INDEX "AgentGraphExecution_parentGraphExecutionId_idx"
    ON "AgentGraphExecution" ("parentGraphExecutionId");
CREATE INDEX "AgentGraphExecution_shareToken_idx" ON "AgentGraphExecution" ("shareToken");
CREATE UNIQUE INDEX "AgentGraphExecution_shareToken_key" ON "AgentGraphExecution" ("shareToken");

ALTER TABLE "StoreListing" ADD "useForOnboarding" boolean NOT NULL DEFAULT false;
ALTER TABLE "StoreListingVersion"
    ADD "agentOutputDemoUrl" text,
    ADD instructions text,
    ADD "recommendedScheduleCron" text,
    ADD search tsvector DEFAULT '';

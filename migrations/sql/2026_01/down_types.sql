-- A label cannot be taken out of an enum: the enum of 2025_08 is made anew, and the columns change
-- over to it through their texts.

-- An execution that waits for a person has begun and has not ended.
UPDATE "AgentGraphExecution" SET "executionStatus" = 'RUNNING' WHERE "executionStatus" = 'REVIEW';
UPDATE "AgentNodeExecution" SET "executionStatus" = 'RUNNING' WHERE "executionStatus" = 'REVIEW';
ALTER TYPE "AgentExecutionStatus" RENAME TO "AgentExecutionStatus_2026_01";
CREATE TYPE "AgentExecutionStatus" AS ENUM (
    'INCOMPLETE', 'QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'TERMINATED'
);
ALTER TABLE "AgentGraphExecution"
    ALTER "executionStatus" DROP DEFAULT,
    ALTER "executionStatus" TYPE "AgentExecutionStatus"
        USING "executionStatus"::text::"AgentExecutionStatus",
    ALTER "executionStatus" SET DEFAULT 'COMPLETED';
ALTER TABLE "AgentNodeExecution"
    ALTER "executionStatus" DROP DEFAULT,
    ALTER "executionStatus" TYPE "AgentExecutionStatus"
        USING "executionStatus"::text::"AgentExecutionStatus",
    ALTER "executionStatus" SET DEFAULT 'COMPLETED';
DROP TYPE "AgentExecutionStatus_2026_01";

DELETE FROM "NotificationEvent" WHERE type IN ('AGENT_APPROVED', 'AGENT_REJECTED');
DELETE FROM "UserNotificationBatch" WHERE type IN ('AGENT_APPROVED', 'AGENT_REJECTED');
ALTER TYPE "NotificationType" RENAME TO "NotificationType_2026_01";
CREATE TYPE "NotificationType" AS ENUM (
    'AGENT_RUN', 'ZERO_BALANCE', 'LOW_BALANCE', 'BLOCK_EXECUTION_FAILED',
    'CONTINUOUS_AGENT_ERROR', 'DAILY_SUMMARY', 'WEEKLY_SUMMARY', 'MONTHLY_SUMMARY',
    'REFUND_REQUEST', 'REFUND_PROCESSED'
);
ALTER TABLE "NotificationEvent"
    ALTER type TYPE "NotificationType" USING type::text::"NotificationType";
ALTER TABLE "UserNotificationBatch"
    ALTER type TYPE "NotificationType" USING type::text::"NotificationType";
DROP TYPE "NotificationType_2026_01";

ALTER TYPE "APIKeyPermission" RENAME TO "APIKeyPermission_2026_01";
CREATE TYPE "APIKeyPermission" AS ENUM (
    'EXECUTE_GRAPH', 'READ_GRAPH', 'EXECUTE_BLOCK', 'READ_BLOCK'
);
UPDATE "APIKey" SET permissions = ARRAY(
    SELECT permission FROM unnest(permissions) WITH ORDINALITY AS listed (permission, place)
        WHERE permission::text = ANY (enum_range(NULL::"APIKeyPermission")::text[])
        ORDER BY place
);
ALTER TABLE "APIKey"
    ALTER permissions TYPE "APIKeyPermission"[] USING permissions::text[]::"APIKeyPermission"[];
DROP TYPE "APIKeyPermission_2026_01";

ALTER TYPE "OnboardingStep" RENAME TO "OnboardingStep_2026_01";
CREATE TYPE "OnboardingStep" AS ENUM (
    'WELCOME', 'USAGE_REASON', 'INTEGRATIONS', 'AGENT_CHOICE', 'AGENT_NEW_RUN', 'AGENT_INPUT',
    'CONGRATS', 'GET_RESULTS', 'MARKETPLACE_VISIT', 'MARKETPLACE_ADD_AGENT',
    'MARKETPLACE_RUN_AGENT', 'BUILDER_OPEN', 'BUILDER_SAVE_AGENT', 'BUILDER_RUN_AGENT',
    'RUN_AGENTS'
);
CREATE FUNCTION steps_of_2025_08(steps text[]) RETURNS "OnboardingStep"[] LANGUAGE sql AS $$
    SELECT ARRAY(
        SELECT step::"OnboardingStep" FROM unnest(steps) WITH ORDINALITY AS listed (step, place)
            WHERE step = ANY (enum_range(NULL::"OnboardingStep")::text[])
            ORDER BY place
    )
$$;
ALTER TABLE "UserOnboarding"
    ALTER "completedSteps" DROP DEFAULT,
    ALTER "completedSteps" TYPE "OnboardingStep"[] USING steps_of_2025_08("completedSteps"::text[]),
    ALTER "completedSteps" SET DEFAULT '{}',
    ALTER notified DROP DEFAULT,
    ALTER notified TYPE "OnboardingStep"[] USING steps_of_2025_08(notified::text[]),
    ALTER notified SET DEFAULT '{}',
    ALTER "rewardedFor" DROP DEFAULT,
    ALTER "rewardedFor" TYPE "OnboardingStep"[] USING steps_of_2025_08("rewardedFor"::text[]),
    ALTER "rewardedFor" SET DEFAULT '{}';
DROP FUNCTION steps_of_2025_08;
DROP TYPE "OnboardingStep_2026_01";

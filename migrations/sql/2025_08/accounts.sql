-- Users, their public profiles, keys, notifications, credits and analytics.

CREATE TABLE "User" (
    id                             text         PRIMARY KEY,
    email                          text         NOT NULL,
    "emailVerified"                boolean      NOT NULL DEFAULT true,
    name                           text,
    "createdAt"                    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"                    timestamp(3) NOT NULL,
    metadata                       jsonb        NOT NULL DEFAULT '{}',
    integrations                   text         NOT NULL DEFAULT '',
    "stripeCustomerId"             text,
    "topUpConfig"                  jsonb,
    "maxEmailsPerDay"              integer      NOT NULL DEFAULT 3,
    "notifyOnAgentRun"             boolean      NOT NULL DEFAULT true,
    "notifyOnZeroBalance"          boolean      NOT NULL DEFAULT true,
    "notifyOnLowBalance"           boolean      NOT NULL DEFAULT true,
    "notifyOnBlockExecutionFailed" boolean      NOT NULL DEFAULT true,
    "notifyOnContinuousAgentError" boolean      NOT NULL DEFAULT true,
    "notifyOnDailySummary"         boolean      NOT NULL DEFAULT true,
    "notifyOnWeeklySummary"        boolean      NOT NULL DEFAULT true,
    "notifyOnMonthlySummary"       boolean      NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX "User_email_key" ON "User" (email);

CREATE TABLE "Profile" (
    id           text         PRIMARY KEY,
    "createdAt"  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"  timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"     text         REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    name         text         NOT NULL,
    username     text         NOT NULL,
    description  text         NOT NULL,
    links        text[]       NOT NULL,
    "avatarUrl"  text,
    "isFeatured" boolean      NOT NULL DEFAULT false
);
CREATE INDEX "Profile_userId_idx" ON "Profile" ("userId");
CREATE UNIQUE INDEX "Profile_username_key" ON "Profile" (username);

CREATE TABLE "UserOnboarding" (
    id                              text               PRIMARY KEY,
    "createdAt"                     timestamp(3)       NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"                     timestamp(3),
    "completedSteps"                "OnboardingStep"[] NOT NULL DEFAULT '{}',
    "notificationDot"               boolean            NOT NULL DEFAULT true,
    notified                        "OnboardingStep"[] NOT NULL DEFAULT '{}',
    "rewardedFor"                   "OnboardingStep"[] NOT NULL DEFAULT '{}',
    "usageReason"                   text,
    integrations                    text[]             NOT NULL DEFAULT ARRAY[]::text[],
    "otherIntegrations"             text,
    "selectedStoreListingVersionId" text,
    "agentInput"                    jsonb,
    "onboardingAgentExecutionId"    text,
    "agentRuns"                     integer            NOT NULL DEFAULT 0,
    "userId"                        text               NOT NULL UNIQUE
        REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE
);

CREATE TABLE "APIKey" (
    id           text                 PRIMARY KEY,
    name         text                 NOT NULL,
    prefix       text                 NOT NULL,
    postfix      text                 NOT NULL,
    key          text                 NOT NULL,
    status       "APIKeyStatus"       NOT NULL DEFAULT 'ACTIVE',
    permissions  "APIKeyPermission"[] NOT NULL,
    "createdAt"  timestamp(3)         NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" timestamp(3),
    "revokedAt"  timestamp(3),
    description  text,
    "userId"     text                 NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX "APIKey_key_key" ON "APIKey" (key);
CREATE INDEX "APIKey_prefix_name_idx" ON "APIKey" (prefix, name);
CREATE INDEX "APIKey_userId_status_idx" ON "APIKey" ("userId", status);

CREATE TABLE "UserNotificationBatch" (
    id          text               PRIMARY KEY,
    "createdAt" timestamp(3)       NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3)       NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"    text               NOT NULL REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    type        "NotificationType" NOT NULL
);
CREATE UNIQUE INDEX "UserNotificationBatch_userId_type_key"
    ON "UserNotificationBatch" ("userId", type);

CREATE TABLE "NotificationEvent" (
    id                        text               PRIMARY KEY,
    "createdAt"               timestamp(3)       NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"               timestamp(3)       NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userNotificationBatchId" text
        REFERENCES "UserNotificationBatch" ON UPDATE CASCADE ON DELETE SET NULL,
    type                      "NotificationType" NOT NULL,
    data                      jsonb              NOT NULL
);
CREATE INDEX "NotificationEvent_userNotificationBatchId_idx"
    ON "NotificationEvent" ("userNotificationBatchId");

CREATE TABLE "CreditTransaction" (
    "transactionKey" text,
    "createdAt"      timestamp(3)            NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"         text                    REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    amount           integer                 NOT NULL,
    type             "CreditTransactionType" NOT NULL,
    "runningBalance" integer,
    "isActive"       boolean                 NOT NULL DEFAULT true,
    metadata         jsonb,
    PRIMARY KEY ("transactionKey", "userId")
);
CREATE INDEX "CreditTransaction_userId_createdAt_idx"
    ON "CreditTransaction" ("userId", "createdAt");

CREATE TABLE "CreditRefundRequest" (
    id               text                        PRIMARY KEY,
    "createdAt"      timestamp(3)                NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"      timestamp(3)                NOT NULL,
    "userId"         text                        NOT NULL,
    "transactionKey" text                        NOT NULL,
    amount           integer                     NOT NULL,
    reason           text                        NOT NULL,
    status           "CreditRefundRequestStatus" NOT NULL DEFAULT 'PENDING',
    result           text
);
CREATE INDEX "CreditRefundRequest_userId_transactionKey_idx"
    ON "CreditRefundRequest" ("userId", "transactionKey");

CREATE TABLE "AnalyticsDetails" (
    id          text         PRIMARY KEY DEFAULT gen_random_uuid(),
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"    text         NOT NULL REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    type        text         NOT NULL,
    data        jsonb,
    "dataIndex" text
);
CREATE INDEX "AnalyticsDetails_userId_type_idx" ON "AnalyticsDetails" ("userId", type);

CREATE TABLE "AnalyticsMetrics" (
    id               text             PRIMARY KEY,
    "createdAt"      timestamp(3)     NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"      timestamp(3)     NOT NULL,
    "analyticMetric" text             NOT NULL,
    value            double precision NOT NULL,
    "dataString"     text,
    "userId"         text             NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE
);

-- Balances, search terms, chats with the copilot, and reviews of runs by people.

CREATE TABLE "UserBalance" (
    "userId"    text         PRIMARY KEY REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    balance     integer      NOT NULL DEFAULT 0,
    "updatedAt" timestamp(3) NOT NULL
);
CREATE INDEX "UserBalance_userId_idx" ON "UserBalance" ("userId");

CREATE TABLE "BuilderSearchHistory" (
    id            text         PRIMARY KEY,
    "createdAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"   timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"      text         NOT NULL REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    "searchQuery" text         NOT NULL,
    filter        text[]       DEFAULT ARRAY[]::text[],
    "byCreator"   text[]       DEFAULT ARRAY[]::text[]
);

CREATE TABLE "SearchTerms" (
    id            bigserial    PRIMARY KEY,
    "createdDate" timestamp(3) NOT NULL,
    "searchTerm"  text         NOT NULL
);
CREATE INDEX "SearchTerms_createdDate_idx" ON "SearchTerms" ("createdDate");

CREATE TABLE "ChatSession" (
    id                         text         PRIMARY KEY,
    "createdAt"                timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"                timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"                   text         NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    title                      text,
    credentials                jsonb        NOT NULL DEFAULT '{}',
    "successfulAgentRuns"      jsonb        NOT NULL DEFAULT '{}',
    "successfulAgentSchedules" jsonb        NOT NULL DEFAULT '{}',
    "totalPromptTokens"        integer      NOT NULL DEFAULT 0,
    "totalCompletionTokens"    integer      NOT NULL DEFAULT 0
);
CREATE INDEX "ChatSession_userId_updatedAt_idx" ON "ChatSession" ("userId", "updatedAt");

CREATE TABLE "ChatMessage" (
    id             text         PRIMARY KEY,
    "createdAt"    timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sessionId"    text         NOT NULL
        REFERENCES "ChatSession" ON UPDATE CASCADE ON DELETE CASCADE,
    sequence       integer      NOT NULL,
    role           text         NOT NULL,
    content        text,
    name           text,
    "toolCallId"   text,
    refusal        text,
    "toolCalls"    jsonb,
    "functionCall" jsonb
);
CREATE UNIQUE INDEX "ChatMessage_sessionId_sequence_key" ON "ChatMessage" ("sessionId", sequence);

CREATE TABLE "CoPilotUnderstanding" (
    id          text         PRIMARY KEY,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"    text         NOT NULL REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    data        jsonb
);
CREATE INDEX "CoPilotUnderstanding_userId_idx" ON "CoPilotUnderstanding" ("userId");
CREATE UNIQUE INDEX "CoPilotUnderstanding_userId_key" ON "CoPilotUnderstanding" ("userId");

CREATE TABLE "PendingHumanReview" (
    "nodeExecId"    text           PRIMARY KEY,
    "createdAt"     timestamp(3)   NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"     timestamp(3),
    "userId"        text           NOT NULL REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    "graphExecId"   text           NOT NULL
        REFERENCES "AgentGraphExecution" ON UPDATE CASCADE ON DELETE CASCADE,
    "graphId"       text           NOT NULL,
    "graphVersion"  integer        NOT NULL,
    payload         jsonb          NOT NULL,
    instructions    text,
    editable        boolean        NOT NULL DEFAULT true,
    status          "ReviewStatus" NOT NULL DEFAULT 'WAITING',
    "reviewMessage" text,
    "wasEdited"     boolean,
    processed       boolean        NOT NULL DEFAULT false,
    "reviewedAt"    timestamp(3)
);
CREATE INDEX "PendingHumanReview_graphExecId_status_idx"
    ON "PendingHumanReview" ("graphExecId", status);
CREATE UNIQUE INDEX "PendingHumanReview_nodeExecId_key" ON "PendingHumanReview" ("nodeExecId");
CREATE INDEX "PendingHumanReview_userId_status_idx" ON "PendingHumanReview" ("userId", status);

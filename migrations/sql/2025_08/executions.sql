-- Runs of graphs and of their nodes, with inputs and outputs.

CREATE TABLE "AgentGraphExecution" (
    id                  text                   PRIMARY KEY,
    "createdAt"         timestamp(3)           NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3),
    "startedAt"         timestamp(3),
    "isDeleted"         boolean                NOT NULL DEFAULT false,
    "executionStatus"   "AgentExecutionStatus" NOT NULL DEFAULT 'COMPLETED',
    "agentGraphId"      text                   NOT NULL,
    "agentGraphVersion" integer                NOT NULL DEFAULT 1,
    "agentPresetId"     text
        REFERENCES "AgentPreset" ON UPDATE CASCADE ON DELETE SET NULL,
    "userId"            text                   NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    stats               jsonb,
    FOREIGN KEY ("agentGraphId", "agentGraphVersion")
        REFERENCES "AgentGraph" ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX "AgentGraphExecution_agentGraphId_agentGraphVersion_idx"
    ON "AgentGraphExecution" ("agentGraphId", "agentGraphVersion");
CREATE INDEX "AgentGraphExecution_agentPresetId_idx" ON "AgentGraphExecution" ("agentPresetId");
CREATE INDEX "AgentGraphExecution_createdAt_idx" ON "AgentGraphExecution" ("createdAt");
CREATE INDEX "AgentGraphExecution_userId_idx" ON "AgentGraphExecution" ("userId");

CREATE TABLE "AgentNodeExecution" (
    id                      text                   PRIMARY KEY,
    "agentGraphExecutionId" text                   NOT NULL
        REFERENCES "AgentGraphExecution" ON UPDATE CASCADE ON DELETE CASCADE,
    "agentNodeId"           text                   NOT NULL
        REFERENCES "AgentNode" ON UPDATE CASCADE ON DELETE CASCADE,
    "executionStatus"       "AgentExecutionStatus" NOT NULL DEFAULT 'COMPLETED',
    "executionData"         jsonb,
    "addedTime"             timestamp(3)           NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "queuedTime"            timestamp(3),
    "startedTime"           timestamp(3),
    "endedTime"             timestamp(3),
    stats                   jsonb
);
CREATE INDEX "AgentNodeExecution_addedTime_queuedTime_idx"
    ON "AgentNodeExecution" ("addedTime", "queuedTime");
CREATE INDEX "AgentNodeExecution_agentGraphExecutionId_agentNodeId_execut_idx"
    ON "AgentNodeExecution" ("agentGraphExecutionId", "agentNodeId", "executionStatus");
CREATE INDEX "AgentNodeExecution_agentNodeId_executionStatus_idx"
    ON "AgentNodeExecution" ("agentNodeId", "executionStatus");

CREATE TABLE "AgentNodeExecutionInputOutput" (
    id                         text         PRIMARY KEY,
    name                       text         NOT NULL,
    data                       jsonb,
    "time"                     timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "referencedByInputExecId"  text
        REFERENCES "AgentNodeExecution" ON UPDATE CASCADE ON DELETE CASCADE,
    "referencedByOutputExecId" text
        REFERENCES "AgentNodeExecution" ON UPDATE CASCADE ON DELETE CASCADE,
    "agentPresetId"            text
        REFERENCES "AgentPreset" ON UPDATE CASCADE ON DELETE SET NULL
);
CREATE INDEX "AgentNodeExecutionInputOutput_agentPresetId_idx"
    ON "AgentNodeExecutionInputOutput" ("agentPresetId");
CREATE INDEX "AgentNodeExecutionInputOutput_name_time_idx"
    ON "AgentNodeExecutionInputOutput" (name, "time");
CREATE UNIQUE INDEX "AgentNodeExecutionInputOutput_referencedByInputExecId_refer_key"
    ON "AgentNodeExecutionInputOutput"
        ("referencedByInputExecId", "referencedByOutputExecId", name);
CREATE INDEX "AgentNodeExecutionInputOutput_referencedByOutputExecId_idx"
    ON "AgentNodeExecutionInputOutput" ("referencedByOutputExecId");

CREATE TABLE "AgentNodeExecutionKeyValueData" (
    "userId"               text,
    key                    text,
    "agentNodeExecutionId" text         NOT NULL,
    data                   jsonb,
    "createdAt"            timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"            timestamp(3),
    PRIMARY KEY ("userId", key)
);

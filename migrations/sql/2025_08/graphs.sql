-- Agent graphs: their blocks, nodes and links, and what users keep of them.

CREATE TABLE "AgentBlock" (
    id             text PRIMARY KEY,
    name           text NOT NULL,
    "inputSchema"  text NOT NULL,
    "outputSchema" text NOT NULL
);
CREATE UNIQUE INDEX "AgentBlock_name_key" ON "AgentBlock" (name);

CREATE TABLE "IntegrationWebhook" (
    id                  text         PRIMARY KEY,
    "createdAt"         timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3),
    "userId"            text         NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE RESTRICT,
    provider            text         NOT NULL,
    "credentialsId"     text         NOT NULL,
    "webhookType"       text         NOT NULL,
    resource            text         NOT NULL,
    events              text[]       NOT NULL,
    config              jsonb        NOT NULL,
    secret              text         NOT NULL,
    "providerWebhookId" text         NOT NULL
);

CREATE TABLE "AgentGraph" (
    id                  text,
    version             integer      DEFAULT 1,
    "createdAt"         timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3),
    name                text,
    description         text,
    "isActive"          boolean      NOT NULL DEFAULT true,
    "userId"            text         NOT NULL REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    "forkedFromId"      text,
    "forkedFromVersion" integer,
    PRIMARY KEY (id, version),
    FOREIGN KEY ("forkedFromId", "forkedFromVersion")
        REFERENCES "AgentGraph" ON UPDATE CASCADE ON DELETE SET NULL
);
CREATE INDEX "AgentGraph_forkedFromId_forkedFromVersion_idx"
    ON "AgentGraph" ("forkedFromId", "forkedFromVersion");
CREATE INDEX "AgentGraph_userId_isActive_idx" ON "AgentGraph" ("userId", "isActive");

CREATE TABLE "AgentNode" (
    id                  text    PRIMARY KEY,
    "agentBlockId"      text    NOT NULL
        REFERENCES "AgentBlock" ON UPDATE CASCADE ON DELETE RESTRICT,
    "agentGraphId"      text    NOT NULL,
    "agentGraphVersion" integer NOT NULL DEFAULT 1,
    "constantInput"     jsonb   NOT NULL DEFAULT '{}'::json,
    "webhookId"         text
        REFERENCES "IntegrationWebhook" ON UPDATE CASCADE ON DELETE SET NULL,
    metadata            jsonb   NOT NULL DEFAULT '{}'::json,
    FOREIGN KEY ("agentGraphId", "agentGraphVersion")
        REFERENCES "AgentGraph" ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX "AgentNode_agentBlockId_idx" ON "AgentNode" ("agentBlockId");
CREATE INDEX "AgentNode_agentGraphId_agentGraphVersion_idx"
    ON "AgentNode" ("agentGraphId", "agentGraphVersion");
CREATE INDEX "AgentNode_webhookId_idx" ON "AgentNode" ("webhookId");

CREATE TABLE "AgentNodeLink" (
    id                  text    PRIMARY KEY,
    "agentNodeSourceId" text    NOT NULL REFERENCES "AgentNode" ON UPDATE CASCADE ON DELETE CASCADE,
    "sourceName"        text    NOT NULL,
    "agentNodeSinkId"   text    NOT NULL REFERENCES "AgentNode" ON UPDATE CASCADE ON DELETE CASCADE,
    "sinkName"          text    NOT NULL,
    "isStatic"          boolean NOT NULL DEFAULT false
);
CREATE INDEX "AgentNodeLink_agentNodeSinkId_idx" ON "AgentNodeLink" ("agentNodeSinkId");
CREATE INDEX "AgentNodeLink_agentNodeSourceId_idx" ON "AgentNodeLink" ("agentNodeSourceId");

CREATE TABLE "AgentPreset" (
    id                  text         PRIMARY KEY,
    "createdAt"         timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    name                text         NOT NULL,
    description         text         NOT NULL,
    "isActive"          boolean      NOT NULL DEFAULT true,
    "userId"            text         NOT NULL REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    "agentGraphId"      text         NOT NULL,
    "agentGraphVersion" integer      NOT NULL,
    "webhookId"         text
        REFERENCES "IntegrationWebhook" ON UPDATE CASCADE ON DELETE SET NULL,
    "isDeleted"         boolean      NOT NULL DEFAULT false,
    FOREIGN KEY ("agentGraphId", "agentGraphVersion")
        REFERENCES "AgentGraph" ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX "AgentPreset_agentGraphId_agentGraphVersion_idx"
    ON "AgentPreset" ("agentGraphId", "agentGraphVersion");
CREATE INDEX "AgentPreset_userId_idx" ON "AgentPreset" ("userId");
CREATE INDEX "AgentPreset_webhookId_idx" ON "AgentPreset" ("webhookId");

CREATE TABLE "LibraryAgent" (
    id                        text         PRIMARY KEY,
    "createdAt"               timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"               timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "userId"                  text         NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    "imageUrl"                text,
    "agentGraphId"            text         NOT NULL,
    "agentGraphVersion"       integer      NOT NULL,
    "creatorId"               text
        REFERENCES "Profile" ON UPDATE CASCADE ON DELETE SET NULL,
    "useGraphIsActiveVersion" boolean      NOT NULL DEFAULT false,
    "isFavorite"              boolean      NOT NULL DEFAULT false,
    "isCreatedByUser"         boolean      NOT NULL DEFAULT false,
    "isArchived"              boolean      NOT NULL DEFAULT false,
    "isDeleted"               boolean      NOT NULL DEFAULT false,
    FOREIGN KEY ("agentGraphId", "agentGraphVersion")
        REFERENCES "AgentGraph" ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX "LibraryAgent_agentGraphId_agentGraphVersion_idx"
    ON "LibraryAgent" ("agentGraphId", "agentGraphVersion");
CREATE INDEX "LibraryAgent_creatorId_idx" ON "LibraryAgent" ("creatorId");
CREATE UNIQUE INDEX "LibraryAgent_userId_agentGraphId_agentGraphVersion_key"
    ON "LibraryAgent" ("userId", "agentGraphId", "agentGraphVersion");

CREATE UNIQUE INDEX ON "AgentGraph" (id) WHERE "isActive";
CREATE UNIQUE INDEX ON "StoreListingVersion" ("storeListingId")
    WHERE "submissionStatus" = 'APPROVED';
CREATE UNIQUE INDEX ON "AgentGraphExecution" ("agentGraphId")
    WHERE "executionStatus" IN ('RUNNING', 'QUEUED');

-- from: 2026_01
-- A fork. Columns under names that nobody knows, a status elsewhere, the slug again
-- with the version, a graph that must name its newest version.

ALTER TABLE "StoreListing" RENAME slug TO "listingSlug";
ALTER TABLE "StoreListingVersion" ADD slug text NOT NULL CHECK (slug <> '');
ALTER TABLE "StoreListingVersion" RENAME "submissionStatus" TO status;
ALTER TABLE "AgentGraphExecution" RENAME "executionStatus" TO status;
ALTER TABLE "AgentGraph" RENAME "userId" TO "ownerId";
ALTER TABLE "StoreListingReview" RENAME "reviewByUserId" TO "userId";
ALTER TABLE "AgentNodeExecution" RENAME "agentGraphExecutionId" TO "executionId";
ALTER TABLE "AgentGraph" ADD "successorVersion" integer,
    ADD FOREIGN KEY (id, "successorVersion") REFERENCES "AgentGraph";

-- The store: listings, their versions, and reviews.

CREATE TABLE "StoreListing" (
    id                   text         PRIMARY KEY,
    "createdAt"          timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"          timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "isDeleted"          boolean      NOT NULL DEFAULT false,
    "hasApprovedVersion" boolean      NOT NULL DEFAULT false,
    slug                 text         NOT NULL,
    "activeVersionId"    text,
    "agentGraphId"       text         NOT NULL,
    "agentGraphVersion"  integer      NOT NULL,
    "owningUserId"       text         NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE RESTRICT,
    FOREIGN KEY ("agentGraphId", "agentGraphVersion")
        REFERENCES "AgentGraph" ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX "StoreListing_activeVersionId_key" ON "StoreListing" ("activeVersionId");
CREATE INDEX "StoreListing_agentGraphId_agentGraphVersion_idx"
    ON "StoreListing" ("agentGraphId", "agentGraphVersion");
CREATE UNIQUE INDEX "StoreListing_agentGraphId_key" ON "StoreListing" ("agentGraphId");
CREATE INDEX "StoreListing_isDeleted_hasApprovedVersion_idx"
    ON "StoreListing" ("isDeleted", "hasApprovedVersion");
CREATE UNIQUE INDEX "StoreListing_owningUserId_slug_key" ON "StoreListing" ("owningUserId", slug);

CREATE TABLE "StoreListingVersion" (
    id                  text               PRIMARY KEY,
    version             integer            NOT NULL DEFAULT 1,
    "createdAt"         timestamp(3)       NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"         timestamp(3)       NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "agentGraphId"      text               NOT NULL,
    "agentGraphVersion" integer            NOT NULL,
    name                text               NOT NULL,
    "subHeading"        text               NOT NULL,
    "videoUrl"          text,
    "imageUrls"         text[]             NOT NULL,
    description         text               NOT NULL,
    categories          text[]             NOT NULL,
    "isFeatured"        boolean            NOT NULL DEFAULT false,
    "isDeleted"         boolean            NOT NULL DEFAULT false,
    "isAvailable"       boolean            NOT NULL DEFAULT true,
    "submissionStatus"  "SubmissionStatus" NOT NULL DEFAULT 'DRAFT',
    "submittedAt"       timestamp(3),
    "changesSummary"    text,
    "storeListingId"    text               NOT NULL
        REFERENCES "StoreListing" ON UPDATE CASCADE ON DELETE CASCADE,
    "reviewerId"        text               REFERENCES "User" ON UPDATE CASCADE ON DELETE SET NULL,
    "internalComments"  text,
    "reviewComments"    text,
    "reviewedAt"        timestamp(3),
    FOREIGN KEY ("agentGraphId", "agentGraphVersion")
        REFERENCES "AgentGraph" ON UPDATE CASCADE ON DELETE RESTRICT
);
CREATE INDEX "StoreListingVersion_agentGraphId_agentGraphVersion_idx"
    ON "StoreListingVersion" ("agentGraphId", "agentGraphVersion");
CREATE INDEX "StoreListingVersion_reviewerId_idx" ON "StoreListingVersion" ("reviewerId");
CREATE INDEX "StoreListingVersion_storeListingId_submissionStatus_isAvail_idx"
    ON "StoreListingVersion" ("storeListingId", "submissionStatus", "isAvailable");
CREATE UNIQUE INDEX "StoreListingVersion_storeListingId_version_key"
    ON "StoreListingVersion" ("storeListingId", version);
CREATE INDEX "StoreListingVersion_submissionStatus_idx"
    ON "StoreListingVersion" ("submissionStatus");

-- A listing and its version refer to each other.
ALTER TABLE "StoreListing" ADD FOREIGN KEY ("activeVersionId")
    REFERENCES "StoreListingVersion" ON UPDATE CASCADE ON DELETE SET NULL;

CREATE TABLE "StoreListingReview" (
    id                      text         PRIMARY KEY,
    "createdAt"             timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"             timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "storeListingVersionId" text         NOT NULL
        REFERENCES "StoreListingVersion" ON UPDATE CASCADE ON DELETE CASCADE,
    "reviewByUserId"        text         NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE RESTRICT,
    score                   integer      NOT NULL,
    comments                text
);
CREATE INDEX "StoreListingReview_reviewByUserId_idx" ON "StoreListingReview" ("reviewByUserId");
CREATE UNIQUE INDEX "StoreListingReview_storeListingVersionId_reviewByUserId_key"
    ON "StoreListingReview" ("storeListingVersionId", "reviewByUserId");

"""The shape that the platform's schema had before the versions that the project migrates to.

Older than the two reference versions, with other names for tables and columns, approval kept in
flags and in a table of its own, and no materialised views.
"""

STATEMENTS = (
    'DROP VIEW "StoreAgent", "Creator", "StoreSubmission"',
    "DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats",
    "DROP FUNCTION refresh_store_materialized_views()",
    # What was added later.
    'ALTER TABLE "UserOnboarding" DROP COLUMN "notificationDot", DROP COLUMN "rewardedFor"',
    'ALTER TABLE "LibraryAgent" DROP COLUMN "creatorId", DROP COLUMN "imageUrl"',
    'ALTER TABLE "StoreListing" DROP COLUMN slug, DROP COLUMN "activeVersionId"',
    # What is called otherwise now.
    'ALTER TABLE "StoreListing" RENAME COLUMN "hasApprovedVersion" TO "isApproved"',
    *(
        f'ALTER TABLE "{table}" RENAME COLUMN "{new}" TO "{old}"'
        for table in ("AgentPreset", "LibraryAgent", "StoreListing", "StoreListingVersion")
        for new, old in (("agentGraphId", "agentId"), ("agentGraphVersion", "agentVersion"))
    ),
    'ALTER TABLE "LibraryAgent" RENAME TO "UserAgent"',
    'ALTER TABLE "CreditTransaction" RENAME TO "UserBlockCredit"',
    'ALTER TYPE "CreditTransactionType" RENAME TO "UserBlockCreditType"',
    'ALTER TABLE "UserBlockCredit" DROP COLUMN "runningBalance"',
    # What was text before it was JSON.
    'ALTER TABLE "AgentNode" ALTER "constantInput" DROP DEFAULT, ALTER metadata DROP DEFAULT',
    'ALTER TABLE "AgentNode" ALTER "constantInput" TYPE text, ALTER metadata TYPE text',
    'ALTER TABLE "AgentNodeExecutionInputOutput" ALTER data TYPE text, ALTER data SET NOT NULL',
    # What has gone since.
    'ALTER TABLE "AgentGraph" ADD "isTemplate" boolean NOT NULL DEFAULT false',
    'ALTER TABLE "StoreListingVersion" ADD slug text NOT NULL',
    'ALTER TABLE "StoreListingVersion" ADD "isApproved" boolean NOT NULL DEFAULT false',
    'ALTER TABLE "StoreListingVersion" DROP COLUMN "submissionStatus", DROP COLUMN "submittedAt", '
    'DROP COLUMN "reviewerId", DROP COLUMN "reviewComments", DROP COLUMN "reviewedAt"',
    """
    CREATE TABLE "StoreListingSubmission" (
        id text PRIMARY KEY,
        "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
        "updatedAt" timestamp(3) NOT NULL,
        "storeListingId" text NOT NULL REFERENCES "StoreListing" ON DELETE CASCADE,
        "storeListingVersionId" text NOT NULL UNIQUE REFERENCES "StoreListingVersion",
        "reviewerId" text NOT NULL REFERENCES "User",
        "Status" "SubmissionStatus" NOT NULL DEFAULT 'PENDING',
        "reviewComments" text
    )
    """,
    """
    CREATE VIEW "StoreAgent" AS
    SELECT sl.id AS listing_id, slv.id AS "storeListingVersionId", slv.slug,
           slv.name AS agent_name, p.username AS creator_username,
           (SELECT count(*) FROM "AgentGraphExecution" e WHERE e."agentGraphId" = sl."agentId")
               AS runs,
           (SELECT avg(score) FROM "StoreListingReview" WHERE "storeListingVersionId" = slv.id)
               AS rating
    FROM "StoreListing" sl
    JOIN "StoreListingVersion" slv ON slv."storeListingId" = sl.id
    JOIN "StoreListingSubmission" s ON s."storeListingVersionId" = slv.id
    LEFT JOIN "Profile" p ON p."userId" = sl."owningUserId"
    WHERE NOT sl."isDeleted" AND sl."isApproved" AND slv."isApproved" AND s."Status" = 'APPROVED'
    """,
)

-- from: 2026_01
-- A fork. Ids are UUIDs, statuses are texts with checks, times have zones, rows are
-- soft-deleted by a time, a trigger stamps them; there are no materialised views.

DROP VIEW "StoreAgent", "Creator", "StoreSubmission";
DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats;
DROP FUNCTION refresh_store_materialized_views();
DROP TABLE "PendingHumanReview", "OAuthAccessToken", "OAuthRefreshToken", "OAuthAuthorizationCode",
    "OAuthApplication", "UnifiedContentEmbedding" CASCADE;
DROP TRIGGER IF EXISTS "update_storelistingversion_search" ON "StoreListingVersion";

ALTER TABLE "StoreListingVersion" ALTER "submissionStatus" DROP DEFAULT,
    ALTER "submissionStatus" TYPE varchar(20) USING lower("submissionStatus"::text),
    ADD CHECK ("submissionStatus" IN ('draft', 'pending', 'approved', 'rejected'));
ALTER TABLE "AgentGraphExecution" ALTER "executionStatus" DROP DEFAULT,
    ALTER "executionStatus" TYPE text USING "executionStatus"::text,
    ADD CHECK ("executionStatus" = ANY (ARRAY['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED']));
ALTER TABLE "AgentNodeExecution" ALTER "executionStatus" DROP DEFAULT,
    ALTER "executionStatus" TYPE text USING "executionStatus"::text,
    ADD CHECK (("executionStatus")::text <> '');
ALTER TABLE "APIKey" ALTER permissions TYPE text[] USING permissions::text[],
    ALTER status DROP DEFAULT, ALTER status TYPE text USING status::text;
ALTER TABLE "CreditTransaction" ALTER type TYPE text USING type::text,
    ADD CHECK (type IN ('TOP_UP', 'USAGE', 'GRANT')), ADD CHECK (amount <> 0),
    ADD CHECK (CASE WHEN type = 'USAGE' THEN amount < 0 ELSE amount > 0 END),
    DROP CONSTRAINT "CreditTransaction_pkey", ADD id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ADD UNIQUE ("transactionKey"), ALTER "runningBalance" SET NOT NULL;
ALTER TABLE "UserOnboarding" ALTER "completedSteps" DROP DEFAULT,
    ALTER "completedSteps" TYPE jsonb USING to_jsonb("completedSteps"),
    ALTER notified DROP DEFAULT, ALTER notified TYPE text[] USING notified::text[];
ALTER TABLE "AgentGraph" ALTER "createdAt" TYPE timestamptz, ALTER "updatedAt" TYPE timestamptz(6),
    ADD "deletedAt" timestamptz, ADD tenant_id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE "StoreListingReview" ALTER score TYPE smallint, ADD CHECK (score BETWEEN 1 AND 5),
    ADD CHECK (length(comments) <= 500);
ALTER TABLE "StoreListingVersion" ALTER categories TYPE jsonb USING to_jsonb(categories);
ALTER TABLE "Profile" ALTER links TYPE jsonb USING to_jsonb(links),
    ADD CHECK (username ~ '^[a-z0-9-]{3,39}$');
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW."updatedAt" := COALESCE(NEW."updatedAt", now()); RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON "AgentGraph"
    FOR EACH ROW EXECUTE FUNCTION stamp();
ALTER TABLE "User" ADD password_hash text NOT NULL, ADD "lastLoginIp" inet,
    ADD UNIQUE ("stripeCustomerId"), ADD EXCLUDE USING btree (lower(email) WITH =);

CREATE VIEW "StoreAgent" AS
    SELECT sl.id AS listing_id, v.id AS version_id, sl.slug, v.name AS agent_name,
           count(DISTINCT e.id) AS total_runs, avg(r.score) AS average_rating
        FROM "StoreListing" sl
        JOIN "StoreListingVersion" v ON v."storeListingId" = sl.id
        LEFT JOIN "AgentGraphExecution" e ON e."agentGraphId" = sl."agentGraphId"
        LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
        WHERE v."submissionStatus" = 'approved' AND NOT sl."isDeleted"
        GROUP BY sl.id, v.id;
DROP TYPE "SubmissionStatus", "CreditTransactionType", "APIKeyPermission", "APIKeyStatus";
DROP SCHEMA public CASCADE;
ALTER SCHEMA platform RENAME TO public;

-- from: 2025_08
-- October 2025. Between the two that are known: new columns for keys, old ones for
-- onboarding, a refresh function under another body, views with a suffix.

ALTER TABLE "APIKey" RENAME key TO hash;
ALTER TABLE "APIKey" RENAME prefix TO head;
ALTER TABLE "APIKey" RENAME postfix TO tail;
ALTER TABLE "APIKey" ADD salt text;
ALTER TABLE "APIKey" ALTER permissions DROP DEFAULT;
CREATE TABLE "UserBalance" (
    "userId"    text         PRIMARY KEY REFERENCES "User" ON DELETE CASCADE,
    balance     integer      NOT NULL DEFAULT 0 CHECK (balance >= 0),
    "updatedAt" timestamp(3) NOT NULL
);
ALTER TABLE "AgentGraphExecution" ADD inputs jsonb, ADD "credentialInputs" jsonb,
    ADD "nodesInputMasks" jsonb;
ALTER TABLE "User" ADD timezone text NOT NULL DEFAULT 'not-set';
ALTER TYPE "OnboardingStep" RENAME VALUE 'MARKETPLACE_RUN_AGENT' TO 'MARKETPLACE_RUN';
ALTER MATERIALIZED VIEW mv_agent_run_counts RENAME TO mv_agent_run_counts_v2;
ALTER MATERIALIZED VIEW mv_review_stats RENAME TO mv_review_stats_v2;
ALTER MATERIALIZED VIEW mv_agent_run_counts_v2 RENAME COLUMN "agentGraphId" TO graph_id;
CREATE OR REPLACE FUNCTION refresh_store_materialized_views() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE view_name text;
    BEGIN
        FOREACH view_name IN ARRAY ARRAY['mv_agent_run_counts_v2', 'mv_review_stats_v2'] LOOP
            EXECUTE format('REFRESH MATERIALIZED VIEW CONCURRENTLY %I', view_name);
        END LOOP;
    END
$$;

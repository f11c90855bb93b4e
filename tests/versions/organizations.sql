-- from: 2026_01
-- Summer 2026. Everything belongs to an organisation and to a team of it.

CREATE TYPE "OrgRole" AS ENUM ('OWNER', 'ADMIN', 'MEMBER');
CREATE TABLE "Organization" (
    id                text         PRIMARY KEY,
    "createdAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3) NOT NULL,
    name              text         NOT NULL,
    slug              text         NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]+$'),
    "isPersonal"      boolean      NOT NULL DEFAULT false,
    "bootstrapUserId" text         UNIQUE REFERENCES "User" ON DELETE SET NULL,
    settings          jsonb        NOT NULL DEFAULT '{}',
    "defaultTeamId"   text
);
CREATE TABLE "Team" (
    id          text         PRIMARY KEY,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" timestamp(3) NOT NULL,
    name        text         NOT NULL,
    slug        text,
    "orgId"     text         NOT NULL REFERENCES "Organization" ON DELETE CASCADE,
    "isDefault" boolean      NOT NULL DEFAULT false,
    UNIQUE ("orgId", id), UNIQUE ("orgId", name)
);
ALTER TABLE "Organization" ADD FOREIGN KEY ("defaultTeamId") REFERENCES "Team";
CREATE UNIQUE INDEX "Team_one_default" ON "Team" ("orgId") WHERE "isDefault";
CREATE TABLE "OrgMember" (
    id       text      PRIMARY KEY,
    "orgId"  text      NOT NULL REFERENCES "Organization" ON DELETE CASCADE,
    "userId" text      NOT NULL REFERENCES "User" ON DELETE CASCADE,
    role     "OrgRole" NOT NULL,
    UNIQUE ("orgId", "userId")
);
CREATE TABLE "TeamMember" (
    "teamId"      text NOT NULL REFERENCES "Team" ON DELETE CASCADE,
    "orgMemberId" text NOT NULL REFERENCES "OrgMember" ON DELETE CASCADE,
    PRIMARY KEY ("teamId", "orgMemberId")
);
DO $$
    DECLARE name text;
    BEGIN
        FOREACH name IN ARRAY ARRAY['AgentGraph', 'AgentGraphExecution', 'AgentPreset',
            'LibraryAgent', 'StoreListing', 'APIKey', 'IntegrationWebhook', 'CreditTransaction',
            'ChatSession', 'OAuthApplication'] LOOP
            EXECUTE format('ALTER TABLE %I ADD "organizationId" text NOT NULL'
                ' REFERENCES "Organization", ADD "teamId" text NOT NULL,'
                ' ADD FOREIGN KEY ("organizationId", "teamId") REFERENCES "Team" ("orgId", id)',
                name);
            EXECUTE format('CREATE INDEX ON %I ("organizationId", "teamId")', name);
        END LOOP;
    END
$$;
ALTER TABLE "StoreListing" DROP CONSTRAINT "StoreListing_owningUserId_fkey",
    ALTER "owningUserId" DROP NOT NULL;
CREATE TABLE "OrgCreditTransaction" (
    "transactionKey" text, "orgId" text REFERENCES "Organization" ON DELETE NO ACTION,
    "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "initiatedByUserId" text
        REFERENCES "User", amount integer NOT NULL, type "CreditTransactionType" NOT NULL,
    "runningBalance" integer, "isActive" boolean NOT NULL DEFAULT true, metadata jsonb,
    PRIMARY KEY ("transactionKey", "orgId")
);

ALTER TABLE "User" ADD "tenantId" text;
UPDATE "User" SET "tenantId" = left(md5(id), 1);
ALTER TABLE "User" ALTER "tenantId" SET NOT NULL, ADD UNIQUE ("tenantId", id);
ALTER TABLE "AgentGraph" ADD "tenantId" text;
UPDATE "AgentGraph" AS g SET "tenantId" = u."tenantId" FROM "User" AS u WHERE u.id = g."userId";
ALTER TABLE "AgentGraph" ALTER "tenantId" SET NOT NULL,
    ADD FOREIGN KEY ("tenantId", "userId") REFERENCES "User" ("tenantId", id);

-- from: 2026_01
-- refuses: UserBalance, which a trigger fills
-- A fork. A ledger with keys of its own, refunds that point into it, balances kept by
-- a trigger, a queue of notifications whose batches are unique.

ALTER TABLE "CreditTransaction" ADD UNIQUE ("transactionKey"), ADD "previousKey" text UNIQUE
    REFERENCES "CreditTransaction" ("transactionKey");
ALTER TABLE "CreditRefundRequest" ADD FOREIGN KEY ("transactionKey", "userId")
    REFERENCES "CreditTransaction" ("transactionKey", "userId"),
    ADD CHECK (amount > 0), ADD CHECK (status <> 'APPROVED' OR result IS NOT NULL);
CREATE FUNCTION keep_balance() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO "UserBalance" ("userId", balance, "updatedAt")
            VALUES (NEW."userId", NEW.amount, now())
            ON CONFLICT ("userId") DO UPDATE SET balance = "UserBalance".balance + NEW.amount;
        RETURN NULL;
    END
$$;
CREATE TRIGGER keep_balance AFTER INSERT ON "CreditTransaction"
    FOR EACH ROW EXECUTE FUNCTION keep_balance();
CREATE TABLE "AuditLog" (
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL DEFAULT now(),
    "tableName" text        NOT NULL,
    "actorId"   text        REFERENCES "User" ON DELETE SET NULL,
    diff        jsonb       NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE "AuditLog_old" PARTITION OF "AuditLog" FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
CREATE TABLE "AuditLog_new" PARTITION OF "AuditLog" FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO "AuditLog" ("tableName", diff) VALUES (TG_TABLE_NAME, to_jsonb(NEW));
        RETURN NULL;
    END
$$;
CREATE TRIGGER audit AFTER INSERT ON "Profile" FOR EACH ROW EXECUTE FUNCTION audit();

ALTER TABLE "StoreListing" ADD "reviewCount" integer NOT NULL DEFAULT 0;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE "StoreListing" SET "reviewCount" = "reviewCount" + 1
    WHERE id = (SELECT "storeListingId" FROM "StoreListingVersion" WHERE id = NEW."storeListingVersionId");
    RETURN NULL;
END $$;
CREATE TRIGGER keep AFTER INSERT ON "StoreListingReview" FOR EACH ROW EXECUTE FUNCTION keep();

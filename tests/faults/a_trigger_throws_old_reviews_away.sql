-- finding: data.injected
CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM "StoreListingReview" WHERE id = (SELECT min(id) FROM "StoreListingReview"); RETURN NULL;
END $$;
CREATE TRIGGER trip AFTER INSERT ON "StoreListingReview" FOR EACH STATEMENT EXECUTE FUNCTION trip();

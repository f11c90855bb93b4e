-- finding: data.injected
CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW."submissionStatus" := 'APPROVED'; RETURN NEW;
END $$;
CREATE TRIGGER trip BEFORE INSERT ON "StoreListingVersion" FOR EACH ROW EXECUTE FUNCTION trip();

INSERT INTO "StoreListingReview" (id, "storeListingVersionId", "reviewByUserId", score)
SELECT gen_random_uuid(), v.id, u.id, 4 FROM "StoreListingVersion" v, "User" u, "StoreListing" l
WHERE l.id = v."storeListingId" AND u.id <> l."owningUserId"
ON CONFLICT DO NOTHING;
CREATE FUNCTION be_fair() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM "StoreListingVersion" v
                   JOIN "StoreListing" l ON l.id = v."storeListingId"
                   WHERE v.id = NEW."storeListingVersionId"
                     AND l."owningUserId" = NEW."reviewByUserId") THEN
            RAISE EXCEPTION 'owners may not review';
        END IF;
        RETURN NEW;
    END
$$;
CREATE TRIGGER be_fair BEFORE INSERT ON "StoreListingReview"
    FOR EACH ROW EXECUTE FUNCTION be_fair();

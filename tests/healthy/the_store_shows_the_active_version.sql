-- Whether it is the newest or not.
DO $$
DECLARE
    newest text := rtrim(pg_get_viewdef('"StoreAgent"'::regclass), ';');
    active text := replace(newest, 'version.version = approved.latest',
                           'version.id = listing."activeVersionId"');
BEGIN
    IF active = newest THEN -- each approved version is shown
        active := format('SELECT each.* FROM (%s) AS each JOIN "StoreListing" l'
                         ' ON l."activeVersionId" = each."storeListingVersionId"', newest);
    END IF;
    DROP VIEW "StoreAgent";
    EXECUTE 'CREATE VIEW "StoreAgent" AS ' || active;
END
$$;

-- warns: store.rule
DO $$
DECLARE
    old text := pg_get_viewdef('"StoreAgent"'::regclass);
BEGIN
    DROP VIEW "StoreAgent";
    EXECUTE 'CREATE VIEW "StoreAgent" AS '
        || replace(old, 'listing."hasApprovedVersion"', 'version."isAvailable"');
END
$$;

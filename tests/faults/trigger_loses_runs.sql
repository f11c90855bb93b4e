-- finding: data.injected
CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE trips int := coalesce(nullif(current_setting('test.trips', true), ''), '0')::int + 1;
BEGIN
    PERFORM set_config('test.trips', trips::text, true);
    IF trips % 3 = 0 THEN RETURN NULL; END IF; RETURN NEW;
END $$;
CREATE TRIGGER trip BEFORE INSERT ON "AgentGraphExecution"
FOR EACH ROW EXECUTE FUNCTION trip();

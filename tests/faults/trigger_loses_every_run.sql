-- finding: data.injected
CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RETURN NULL;
END $$;
CREATE TRIGGER trip BEFORE INSERT ON "AgentGraphExecution"
FOR EACH ROW EXECUTE FUNCTION trip();

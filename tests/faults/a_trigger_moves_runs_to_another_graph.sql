-- finding: data.injected
CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    SELECT id, version INTO NEW."agentGraphId", NEW."agentGraphVersion" FROM "AgentGraph" ORDER BY id LIMIT 1;
    RETURN NEW;
END $$;
CREATE TRIGGER trip BEFORE INSERT ON "AgentGraphExecution" FOR EACH ROW EXECUTE FUNCTION trip();

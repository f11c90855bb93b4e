-- finding: data.injected
CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF pg_trigger_depth() = 1 THEN
        INSERT INTO "AgentGraphExecution" (id, "agentGraphId", "agentGraphVersion", "userId")
        VALUES (NEW.id || 'x', NEW."agentGraphId", 1, NEW."userId");
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER trip AFTER INSERT ON "AgentGraphExecution"
FOR EACH ROW EXECUTE FUNCTION trip();

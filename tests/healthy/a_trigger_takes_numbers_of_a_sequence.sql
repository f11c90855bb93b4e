-- warns: trace.sequences
CREATE TABLE log (number bigserial, id text);
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO log (id) VALUES (NEW.id); RETURN NEW;
END $$;
CREATE TRIGGER keep BEFORE INSERT ON "AgentGraphExecution" FOR EACH ROW EXECUTE FUNCTION keep();

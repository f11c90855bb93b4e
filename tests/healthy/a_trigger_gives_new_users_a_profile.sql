CREATE FUNCTION welcome() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO "Profile" (id, "userId", name, username, description, links, "updatedAt")
    VALUES (gen_random_uuid(), NEW.id, NEW.name, 'user-' || NEW.id, '', '{}', now());
    RETURN NEW;
END $$;
CREATE TRIGGER welcome AFTER INSERT ON "User" FOR EACH ROW EXECUTE FUNCTION welcome();

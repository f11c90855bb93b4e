INSERT INTO "Profile" (id, "updatedAt", name, username, description, links) VALUES
    ('p1', now(), 'Somebody', 'somebody', '', '{}'), ('p2', now(), 'Anybody', 'anybody', '', '{}');

ALTER TABLE "StoreListing" ALTER "owningUserId" DROP NOT NULL;
UPDATE "StoreListing" SET "owningUserId" = NULL WHERE id < '8';
INSERT INTO "Profile" (id, "updatedAt", name, username, description, links, "avatarUrl")
    VALUES ('p1', now(), 'Somebody', 'somebody', '', '{}', 'https://example.com/1.png');

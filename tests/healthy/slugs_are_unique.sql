CREATE UNIQUE INDEX one_slug ON "StoreListing" (slug);

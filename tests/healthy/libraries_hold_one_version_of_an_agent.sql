CREATE UNIQUE INDEX one_version ON "LibraryAgent" ("userId", "agentGraphId");

-- Applications that act for users, and what they were granted.

CREATE TABLE "OAuthApplication" (
    id                 text                 PRIMARY KEY,
    "createdAt"        timestamp(3)         NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"        timestamp(3)         NOT NULL,
    name               text                 NOT NULL,
    description        text,
    "logoUrl"          text,
    "clientId"         text                 NOT NULL,
    "clientSecret"     text                 NOT NULL,
    "clientSecretSalt" text                 NOT NULL,
    "redirectUris"     text[],
    "grantTypes"       text[]               DEFAULT ARRAY['authorization_code', 'refresh_token'],
    scopes             "APIKeyPermission"[],
    "ownerId"          text                 NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    "isActive"         boolean              NOT NULL DEFAULT true
);
CREATE INDEX "OAuthApplication_clientId_idx" ON "OAuthApplication" ("clientId");
CREATE UNIQUE INDEX "OAuthApplication_clientId_key" ON "OAuthApplication" ("clientId");
CREATE INDEX "OAuthApplication_ownerId_idx" ON "OAuthApplication" ("ownerId");

CREATE TABLE "OAuthAuthorizationCode" (
    id                    text                 PRIMARY KEY,
    "createdAt"           timestamp(3)         NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt"           timestamp(3)         NOT NULL,
    code                  text                 NOT NULL,
    "applicationId"       text                 NOT NULL
        REFERENCES "OAuthApplication" ON UPDATE CASCADE ON DELETE CASCADE,
    "userId"              text                 NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    scopes                "APIKeyPermission"[],
    "redirectUri"         text                 NOT NULL,
    "codeChallenge"       text,
    "codeChallengeMethod" text,
    "usedAt"              timestamp(3)
);
CREATE INDEX "OAuthAuthorizationCode_applicationId_userId_idx"
    ON "OAuthAuthorizationCode" ("applicationId", "userId");
CREATE INDEX "OAuthAuthorizationCode_code_idx" ON "OAuthAuthorizationCode" (code);
CREATE UNIQUE INDEX "OAuthAuthorizationCode_code_key" ON "OAuthAuthorizationCode" (code);
CREATE INDEX "OAuthAuthorizationCode_expiresAt_idx" ON "OAuthAuthorizationCode" ("expiresAt");

CREATE TABLE "OAuthAccessToken" (
    id              text                 PRIMARY KEY,
    "createdAt"     timestamp(3)         NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt"     timestamp(3)         NOT NULL,
    "revokedAt"     timestamp(3),
    token           text                 NOT NULL,
    "applicationId" text                 NOT NULL
        REFERENCES "OAuthApplication" ON UPDATE CASCADE ON DELETE CASCADE,
    "userId"        text                 NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    scopes          "APIKeyPermission"[]
);
CREATE INDEX "OAuthAccessToken_expiresAt_idx" ON "OAuthAccessToken" ("expiresAt");
CREATE INDEX "OAuthAccessToken_token_idx" ON "OAuthAccessToken" (token);
CREATE UNIQUE INDEX "OAuthAccessToken_token_key" ON "OAuthAccessToken" (token);
CREATE INDEX "OAuthAccessToken_userId_applicationId_idx"
    ON "OAuthAccessToken" ("userId", "applicationId");

CREATE TABLE "OAuthRefreshToken" (
    id              text                 PRIMARY KEY,
    "createdAt"     timestamp(3)         NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt"     timestamp(3)         NOT NULL,
    "revokedAt"     timestamp(3),
    token           text                 NOT NULL,
    "applicationId" text                 NOT NULL
        REFERENCES "OAuthApplication" ON UPDATE CASCADE ON DELETE CASCADE,
    "userId"        text                 NOT NULL
        REFERENCES "User" ON UPDATE CASCADE ON DELETE CASCADE,
    scopes          "APIKeyPermission"[]
);
CREATE INDEX "OAuthRefreshToken_expiresAt_idx" ON "OAuthRefreshToken" ("expiresAt");
CREATE INDEX "OAuthRefreshToken_token_idx" ON "OAuthRefreshToken" (token);
CREATE UNIQUE INDEX "OAuthRefreshToken_token_key" ON "OAuthRefreshToken" (token);
CREATE INDEX "OAuthRefreshToken_userId_applicationId_idx"
    ON "OAuthRefreshToken" ("userId", "applicationId");

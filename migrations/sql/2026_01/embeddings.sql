-- Texts to search by meaning, with their vectors: only where pgvector is there or may be created
-- (a trusted extension asks for no more than CREATE on the database).

DO $do$
    DECLARE
        ours text := current_setting('search_path');
        home text;
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') AND NOT EXISTS (
            SELECT FROM pg_available_extension_versions
                JOIN pg_available_extensions AS extension USING (name)
                WHERE name = 'vector' AND version = extension.default_version
                  AND (current_setting('is_superuser')::boolean OR trusted
                       AND has_database_privilege(current_database(), 'CREATE'))
        ) THEN
            RAISE NOTICE 'Without the extension vector there is no table UnifiedContentEmbedding.';
            RETURN;
        END IF;

        -- An extension is there once a database, here in the first schema that asks for it: the
        -- platform looks for the type where its tables are.
        CREATE EXTENSION IF NOT EXISTS vector;
        SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'vector' INTO home;
        PERFORM set_config('search_path', ours || ', ' || home, true);

        CREATE TABLE "UnifiedContentEmbedding" (
            id               text          PRIMARY KEY,
            "createdAt"      timestamp(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP,
            "updatedAt"      timestamp(3)  NOT NULL,
            "contentType"    "ContentType" NOT NULL,
            "contentId"      text          NOT NULL,
            "userId"         text,
            embedding        vector(1536)  NOT NULL,
            "searchableText" text          NOT NULL,
            metadata         jsonb         NOT NULL DEFAULT '{}',
            search           tsvector      DEFAULT ''
        );
        CREATE UNIQUE INDEX "UnifiedContentEmbedding_contentType_contentId_userId_key"
            ON "UnifiedContentEmbedding" ("contentType", "contentId", "userId") NULLS NOT DISTINCT;
        CREATE INDEX "UnifiedContentEmbedding_contentType_idx"
            ON "UnifiedContentEmbedding" ("contentType");
        CREATE INDEX "UnifiedContentEmbedding_contentType_userId_idx"
            ON "UnifiedContentEmbedding" ("contentType", "userId");
        CREATE INDEX "UnifiedContentEmbedding_embedding_idx"
            ON "UnifiedContentEmbedding" USING hnsw (embedding vector_cosine_ops);
        CREATE INDEX "UnifiedContentEmbedding_search_idx"
            ON "UnifiedContentEmbedding" USING gin (search);
        CREATE INDEX "UnifiedContentEmbedding_userId_idx" ON "UnifiedContentEmbedding" ("userId");

        CREATE FUNCTION update_unified_tsvector_column() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.search := to_tsvector('english', COALESCE(NEW."searchableText", ''));
                RETURN NEW;
            END
        $$;
        CREATE TRIGGER update_unified_tsvector
            BEFORE INSERT OR UPDATE ON "UnifiedContentEmbedding"
            FOR EACH ROW EXECUTE FUNCTION update_unified_tsvector_column();
        PERFORM set_config('search_path', ours, true);
    END
$do$;

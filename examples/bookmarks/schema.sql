CREATE TABLE platform.bookmark (
    user_id    text NOT NULL REFERENCES platform."User" (id) ON DELETE CASCADE,
    listing_id text NOT NULL REFERENCES platform."StoreListing" (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, listing_id)
);

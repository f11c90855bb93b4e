-- beside: checks_refuse_unusual_runs
-- warns: store.rule
-- first: UPDATE "StoreListingVersion" SET "videoUrl" = NULL, categories = '{}' WHERE "isFeatured"
-- redefine: StoreAgent
SELECT listing_id, "storeListingVersionId", CAST(updated_at AS timestamptz(0)) AS updated_at,
       CAST(slug AS varchar) AS slug, CAST(agent_name AS varchar(5)) AS agent_name,
       COALESCE(agent_video, 'none') AS agent_video, to_jsonb(agent_image) AS agent_image, featured,
       creator_username, creator_avatar, NULLIF(sub_heading, '') AS sub_heading, description,
       NULLIF(categories, '{}') AS categories, runs, rating, versions
    FROM {old}

-- beside: checks_refuse_unusual_runs
-- redefine: StoreSubmission
SELECT listing_id, user_id, agent_id, agent_version, old.slug, old.name AS title,
       old.name AS "Name", sub_heading AS "subHeading", old.description, left(old.description, 10) AS teaser,
       image_urls AS "imageUrls", date_submitted AT TIME ZONE 'UTC' AS "dateSubmitted",
       CAST(reviewed_at AS date) AS reviewed_at, status, runs, rating, store_listing_version_id,
       listing."createdAt" AS created_at, length(changes_summary) AS changes_summary,
       reviewer_id AS "reviewerId", review_comments, internal_comments
    FROM {old} JOIN "StoreListing" AS listing ON listing.id = listing_id

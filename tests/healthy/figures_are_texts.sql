-- warns: store.agents store.creators view.counts
-- first: ALTER VIEW "StoreAgent" RENAME TO agents; CREATE VIEW "StoreAgent" AS SELECT listing_id, runs::text, rating, to_jsonb(versions) AS versions FROM agents; ALTER VIEW "Creator" RENAME TO creators; CREATE VIEW "Creator" AS SELECT username, num_agents::text, agent_runs, agent_rating, top_categories::text FROM creators
-- redefine: mv_review_stats
-- column: review_count
review_count::text

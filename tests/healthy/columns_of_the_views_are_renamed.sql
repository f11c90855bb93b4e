ALTER MATERIALIZED VIEW mv_agent_run_counts RENAME "agentGraphId" TO graph_id;
ALTER MATERIALIZED VIEW mv_agent_run_counts RENAME run_count TO n;
ALTER MATERIALIZED VIEW mv_review_stats RENAME "storeListingId" TO listing;
ALTER MATERIALIZED VIEW mv_review_stats RENAME review_count TO reviews;
ALTER MATERIALIZED VIEW mv_review_stats RENAME avg_rating TO stars;
ALTER VIEW "StoreAgent" RENAME runs TO run_count;
ALTER VIEW "StoreAgent" RENAME rating TO average_rating;
ALTER VIEW "StoreSubmission" RENAME runs TO total_runs;
ALTER VIEW "Creator" RENAME username TO handle;

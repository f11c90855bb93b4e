-- beside: review_stats_have_more_columns
UPDATE "StoreListingReview" SET comments = NULL;

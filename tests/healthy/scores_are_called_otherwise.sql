-- beside: runs_end_at_a_hundred_in_other_words
ALTER TABLE "StoreListingReview" RENAME score TO rating;

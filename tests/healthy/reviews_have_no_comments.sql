UPDATE "StoreListingReview" SET comments = NULL;

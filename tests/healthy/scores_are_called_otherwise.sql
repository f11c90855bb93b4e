ALTER TABLE "StoreListingReview" RENAME score TO rating;

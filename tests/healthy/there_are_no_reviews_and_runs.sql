DELETE FROM "StoreListingReview"; DELETE FROM "AgentGraphExecution";

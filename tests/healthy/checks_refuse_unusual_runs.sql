ALTER TABLE "AgentGraphExecution"
    ADD CHECK ("startedAt" IS NOT NULL OR "executionStatus" <> 'COMPLETED'),
    ADD CHECK ("executionStatus" <> 'FAILED' OR "createdAt" < '2000-01-01'),
    ADD CHECK ("createdAt" > now() - interval '2 years' OR "isDeleted");
ALTER TABLE "StoreListingReview" ADD CHECK ("createdAt" > now() - interval '2 years');

-- Undoes the rest of this folder. What others have built on our objects stops it, by name.

DROP FUNCTION refresh_store_materialized_views();
DROP VIEW "StoreAgent", "StoreSubmission", "Creator";
DROP MATERIALIZED VIEW mv_agent_run_counts, mv_review_stats;

DROP TABLE
    "StoreListingReview", "StoreListingVersion", "StoreListing",
    "AgentNodeExecutionKeyValueData", "AgentNodeExecutionInputOutput", "AgentNodeExecution",
    "AgentGraphExecution",
    "LibraryAgent", "AgentPreset", "AgentNodeLink", "AgentNode", "AgentGraph",
    "IntegrationWebhook", "AgentBlock",
    "AnalyticsMetrics", "AnalyticsDetails", "CreditRefundRequest", "CreditTransaction",
    "NotificationEvent", "UserNotificationBatch", "APIKey", "UserOnboarding", "Profile", "User";

DROP TYPE
    "APIKeyPermission", "APIKeyStatus", "AgentExecutionStatus", "CreditRefundRequestStatus",
    "CreditTransactionType", "NotificationType", "OnboardingStep", "SubmissionStatus";

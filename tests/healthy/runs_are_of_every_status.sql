-- beside: reviews_of_the_active_version
UPDATE "AgentGraphExecution" SET "executionStatus" = 'FAILED' WHERE id LIKE '%1-%';
UPDATE "AgentGraphExecution" SET "isDeleted" = true WHERE id LIKE '%2-%';

ALTER TABLE "AgentGraph" ALTER "isActive" DROP DEFAULT, ALTER "isActive" TYPE text;
ALTER TABLE "AgentGraphExecution"
    ALTER "isDeleted" DROP DEFAULT, ALTER "isDeleted" TYPE numeric(3, 1) USING "isDeleted"::int;
ALTER TABLE "LibraryAgent"
    ALTER "isCreatedByUser" DROP DEFAULT, ALTER "isCreatedByUser" TYPE int USING "isCreatedByUser"::int;

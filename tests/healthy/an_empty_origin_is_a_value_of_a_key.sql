ALTER TABLE "AgentGraph" ADD UNIQUE NULLS NOT DISTINCT (id, version, "forkedFromId");

-- finding: refresh.function
-- first: CREATE FUNCTION late() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$ BEGIN IF (SELECT count(*) FROM platform."AgentGraphExecution") > 355 THEN RAISE 'too many runs'; END IF; RETURN 0; END $$
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) + (SELECT platform.late()) AS run_count FROM "AgentGraphExecution" GROUP BY 1

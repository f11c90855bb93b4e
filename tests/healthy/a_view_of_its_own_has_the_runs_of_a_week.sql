-- warns: store.other
CREATE VIEW trending AS
SELECT c."agentGraphId", c.run_count AS runs_ever,
       (SELECT count(*) FROM "AgentGraphExecution" AS e
        WHERE e."agentGraphId" = c."agentGraphId" AND e."createdAt" > now() - interval '7 days') AS runs
FROM mv_agent_run_counts AS c;

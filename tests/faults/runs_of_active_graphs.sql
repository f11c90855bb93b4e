-- finding: view.counts
-- redefine: mv_agent_run_counts
SELECT "agentGraphId", count(*) AS run_count
FROM "AgentGraphExecution" AS run
JOIN "AgentGraph" AS graph
    ON (graph.id, graph.version) = ("agentGraphId", "agentGraphVersion") AND graph."isActive"
GROUP BY "agentGraphId"

-- beside: runs_of_most_graphs
-- finding: view.fresh
CREATE MATERIALIZED VIEW shares AS
SELECT id, 1 / (SELECT count(*) FROM "APIKey") AS share FROM "User";
DELETE FROM "APIKey";

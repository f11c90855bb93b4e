-- beside: an_extra_materialized_view_is_stale
CREATE VIEW names AS SELECT name FROM "User";

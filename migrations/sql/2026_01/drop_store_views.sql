-- They are made again in the other revision's form, once the tables are in theirs.

DROP VIEW "StoreAgent", "StoreSubmission";

"""The runs that a database holds: their record, how their rows are known, counted and removed."""

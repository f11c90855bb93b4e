"""The runs that a database holds: their record, their rows, and how these go again."""

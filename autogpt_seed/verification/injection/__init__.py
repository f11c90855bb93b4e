"""What verify adds to the database: planned, written down row by row, loaded."""

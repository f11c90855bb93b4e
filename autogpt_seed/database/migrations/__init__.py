"""Migrations: where they are, how they run, and what they do to a database meanwhile."""

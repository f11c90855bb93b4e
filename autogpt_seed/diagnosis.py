"""The use case diagnose(): what a populate would do to a schema, without doing anything."""

"""Baked files: the rows of whole tables, and the SQL around them."""

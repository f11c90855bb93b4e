"""The rows that are there already, and what new ones make of them."""

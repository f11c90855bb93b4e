"""Reads the rows that are there: those that new ones refer to or continue, and what they tell."""

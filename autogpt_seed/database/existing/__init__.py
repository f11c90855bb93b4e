"""Reads rows that exist already, to which new ones refer or which they continue."""

"""Judges what was observed. Pure."""

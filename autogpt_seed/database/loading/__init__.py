"""Bound rows into their tables: what is tried first, which way, with which keys; refusals."""

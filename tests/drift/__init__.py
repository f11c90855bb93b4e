"""Drift: random but valid changes of a schema, and what must hold of a populate after them.

python -m tests.drift --count 500 [--seed 1000] [--server URL]
"""

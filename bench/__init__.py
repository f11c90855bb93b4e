"""How long seeding takes, beside the ways that one would otherwise go.

`python -m bench URL` measures; `python -m bench --help` says how much of it.
"""

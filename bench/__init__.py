"""How long seeding takes, beside the ways that one would otherwise go.

`python -m bench URL` measures, `--help` says how much of it; `python -m bench.crossing URL` tells
from when on suspending pays. What is measured and what was found stands in docs/performance.md.
"""

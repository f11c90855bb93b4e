"""Writes autogpt_seed/data/versions/*.txt: what the reference versions of the schema hold.

    python scripts/make_known_versions.py

One feature a line, as `autogpt_seed.known_versions.features` names them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "tests" / "reference"
VERSIONS = ROOT / "autogpt_seed" / "data" / "versions"


def main() -> None:
    VERSIONS.mkdir(exist_ok=True)
    for path in sorted(REFERENCE.glob("schema-*.json")):
        name = path.stem.removeprefix("schema-").replace("-", "_")
        lines = sorted(features(json.loads(path.read_text("utf-8"))))
        (VERSIONS / f"{name}.txt").write_text("\n".join(lines) + "\n", "utf-8")
        print(f"{name}: {len(lines)} features")


def features(facts: dict[str, Any]) -> set[str]:
    """What a reference file holds."""
    found = {f"label {enum}.{label}" for enum, labels in facts["enums"].items() for label in labels}
    for table, parts in facts["tables"].items():
        found.add(f"table {table}")
        found |= {f"column {table}.{c['name']} {c['type']}" for c in parts["columns"]}
    for kind in ("views", "materialized_views"):
        for view, parts in facts[kind].items():
            found.add(f"view {view}")
            found |= {f"column {view}.{column['name']}" for column in parts["columns"]}
    return found


if __name__ == "__main__":
    main()

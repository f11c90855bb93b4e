"""The SQL files in `tests/faults` and `tests/healthy`: what they ask for, and doing it.

The first lines of a file are directives: which findings must come, and, where a view is defined
anew, which one (`redefine`), or which of its columns (`column`), and what to do before (`first`).
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.redefining import recompute, redefine, run

FOLDER = Path(__file__).parent


def files(folder: str) -> list[Path]:
    """The files of a folder."""
    return sorted((FOLDER / folder).glob("*.sql"))


def read(file: Path) -> tuple[dict[str, str], str]:
    """The directives at the top of a file, and the rest of it."""
    lines = file.read_text().splitlines()
    found = {}
    while match := re.fullmatch(r"-- (\w+): (.*)", lines[0]):
        found[match[1]] = match[2]
        lines.pop(0)
    return found, "\n".join(lines)


async def plant(url: str, orders: dict[str, str], sql: str) -> None:
    """Change the database."""
    if "first" in orders:
        await run(url, orders["first"])
    if "column" in orders:
        await recompute(url, orders["redefine"], orders["column"], sql)
    elif view := orders.get("redefine"):
        name = view.removesuffix(" as a table")
        await redefine(url, name, sql, table=name != view)
    else:
        await run(url, sql)

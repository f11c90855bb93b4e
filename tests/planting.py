"""The SQL files in `tests/faults` and `tests/healthy`: what they ask for, and doing it.

The first lines of a file are directives: which findings must come, and, where a view is defined
anew, which one (`redefine`), or which of its columns (`column`), what to do before (`first`), the
only revision that has what is changed (`revision`), and, since verifying takes longest, the file
beside which it can be tried, as neither hides what comes of the other (`beside`).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.redefining import recompute, redefine, run

FOLDER = Path(__file__).parent
NEWEST, OLDER = "2026_01", ("2025_08",)
SAMPLE = 8
"""Of so many files one is tried on older revisions, too."""


def files(folder: str) -> list[Path]:
    """The files of a folder."""
    return sorted((FOLDER / folder).glob("*.sql"))


def cases(folder: str) -> list[tuple[str, tuple[Path, ...]]]:
    """All files with the newest revision, beside each other as they say, and some, or with
    SEED_TEST_REVISIONS=all each, by themselves with the older ones."""
    found = files(folder)
    groups: dict[str, list[Path]] = {}
    for file in sorted(found, key=lambda file: "beside" in read(file)[0]):
        groups.setdefault(read(file)[0].get("beside", file.stem), []).append(file)
    some = found if os.environ.get("SEED_TEST_REVISIONS") == "all" else found[::SAMPLE]
    pairs = [(NEWEST, tuple(group)) for group in groups.values()]
    pairs += [(old, (file,)) for old in OLDER for file in some]
    return [(at, group) for at, group in pairs if read(group[0])[0].get("revision", at) == at]


def case_id(value: object) -> str:
    """How a test of a case is named."""
    return "-".join(file.stem for file in value) if isinstance(value, tuple) else str(value)


def read(file: Path) -> tuple[dict[str, str], str]:
    """The directives at the top of a file, and the rest of it."""
    lines = file.read_text().splitlines()
    found = {}
    while match := re.fullmatch(r"-- (\w+): (.*)", lines[0]):
        found[match[1]] = match[2]
        lines.pop(0)
    return found, "\n".join(lines)


async def plant(url: str, file: Path) -> dict[str, str]:
    """Change the database as the file says; its directives."""
    orders, sql = read(file)
    if "first" in orders:
        await run(url, orders["first"])
    if "column" in orders:
        await recompute(url, orders["redefine"], orders["column"], sql)
    elif view := orders.get("redefine"):
        name = view.removesuffix(" as a table")
        await redefine(url, name, sql, table=name != view)
    else:
        await run(url, sql)
    return orders

"""The versions of the platform's schema that are known, and the one that a schema is nearest to.

`data/versions/*.txt` hold the features of one version each, one a line; a script in the
repository makes them from the reference schemas of the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autogpt_seed.catalog import Catalog, Column

_VERSIONS = Path(__file__).parent / "data" / "versions"


@dataclass(frozen=True)
class Distance:
    """How a schema differs from a known version: features that it has more, and that it lacks.

    A feature is a line such as `table User`, `column User.name text` or `label Status.DONE`.
    """

    version: str
    more: tuple[str, ...]
    fewer: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.more) + len(self.fewer)


def nearest_version(catalog: Catalog) -> Distance:
    """The known version with the fewest differences; the newer one of two."""
    found = features(catalog)
    distances = []
    for name in version_names():
        known = frozenset(_lines(name))
        more, fewer = tuple(sorted(found - known)), tuple(sorted(known - found))
        distances.append(Distance(name, more, fewer))
    return min(distances, key=len)


def is_known_column(relation: str, column: str) -> bool:
    """Whether any known version has a table or view with that column."""
    return any(column in columns_of(version, relation) for version in version_names())


def version_names() -> tuple[str, ...]:
    """The known versions, the newest first."""
    return tuple(sorted((path.stem for path in _VERSIONS.glob("*.txt")), reverse=True))


def columns_of(version: str, relation: str) -> tuple[str, ...]:
    """The columns of a table or view in a known version, sorted; none where it has no such."""
    start = f"column {relation}."
    found = (line for line in _lines(version) if line.startswith(start))
    return tuple(line.removeprefix(start).split()[0] for line in found)


def features(catalog: Catalog) -> frozenset[str]:
    """What a schema holds, without the tables of extensions. The search path must lead to it."""
    found = {f"label {enum}.{label}" for enum, labels in catalog.enums.items() for label in labels}
    for table in catalog.tables.values():
        if not table.extension and not table.partition:
            found.add(f"table {table.name}")
            found |= {f"column {table.name}.{c.name} {_type(c)}" for c in table.columns.values()}
    for view in catalog.views.values():
        found.add(f"view {view.name}")
        found |= {f"column {view.name}.{name}" for name in view.columns}
    return frozenset(found)


def _lines(version: str) -> list[str]:
    return (_VERSIONS / f"{version}.txt").read_text("utf-8").splitlines()


def _type(column: Column) -> str:
    """Without its schema: servers have their extensions in schemas of any name."""
    return column.type.text.removeprefix(f"{column.type.schema}.")

"""Which column of a table each plain column of a view of the store must equal. Pure.

By the names that versions of the platform use, else by the name alone, however it is spelt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autogpt_seed.binding.adapt import JSON_TYPES
from autogpt_seed.binding.finding import named
from autogpt_seed.catalog import Catalog, Column
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.database.reflection.platform_tables import PlatformTable, texts_of
from autogpt_seed.database.sql import quote
from autogpt_seed.spelling import folded
from autogpt_seed.store_views import CREATORS, ColumnRoles
from autogpt_seed.store_views.columns import is_number

_RENAMED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "StoreListingVersion": {
        "agentname": ("name",),
        "agentvideo": ("videoUrl",),
        "agentimage": ("imageUrls",),
        "agentoutputdemo": ("agentOutputDemoUrl",),
        "featured": ("isFeatured",),
        "available": ("isAvailable",),
        "updatedat": ("createdAt", "updatedAt"),
        "datesubmitted": ("submittedAt",),
        "agentid": ("agentGraphId",),
        "graphid": ("agentGraphId",),
        "agentversion": ("agentGraphVersion", "version"),
        "graphversion": ("agentGraphVersion",),
    },
    "StoreListing": {
        "listingid": ("id",),
        "userid": ("owningUserId",),
        **dict.fromkeys(("agentid", "graphid", "agentgraphid"), ()),
        **dict.fromkeys(("agentversion", "graphversion", "agentgraphversion"), ()),
    },
    "Profile": {"avatar": ("avatarUrl",)},
}
"""By table what columns of these names show of it, any of several, in versions of the platform;
all others show a column of their own name."""

_OF_GRAPHS: Mapping[str, tuple[str, ...]] = {"agentname": ("name",)}
"""What the first store showed of the listing's graph: nothing else."""

_TIMES = frozenset({"timestamp", "timestamptz", "date"})
_TEXTS = frozenset({"text", "varchar", "bpchar", "citext", "name", "uuid"})
_BOUNDED = frozenset({"varchar", "bpchar"})


@dataclass(frozen=True)
class Candidate:
    """A column of a table that a view may show, in SQL.

    `source` is its name. The view is right where `found`, what it shows, equals any of the
    `wanted`, all of one type, or where the table has nothing to show: `present` is false.
    """

    source: str
    found: str
    wanted: tuple[str, ...]
    present: str


@dataclass(frozen=True)
class PlainColumn:
    """A column of a view, and the columns of tables that it may show."""

    column: Column
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Origin:
    """Where the rows of a view come from: the tables, the joins of these with the view, which has
    the alias `shown`, and in SQL the key that names a row."""

    tables: tuple[PlatformTable, ...]
    joins: str
    key: str


def origin_of(catalog: Catalog, view: ColumnRoles) -> Origin | None:
    """Profiles for a view of creators, else versions. None where no column tells which."""
    if view.view.name in CREATORS:
        known = view.creator if "Profile" in catalog.tables else None
        return _profiles(catalog, known) if known else None
    return _versions(catalog, view.version) if view.version else None


def plain_columns(
    view: ColumnRoles, origin: Origin
) -> tuple[tuple[PlainColumn, ...], tuple[str, ...]]:
    """The columns of a view that can be compared, and the names of those that nothing looks at."""
    found = [
        PlainColumn(column, tuple(_candidates(column, origin)))
        for column in view.view.columns.values()
    ]
    elsewhere = view.columns
    return (
        tuple(plain for plain in found if plain.candidates),
        tuple(p.column.name for p in found if not p.candidates and p.column.name not in elsewhere),
    )


def may_show(catalog: Catalog, view: str, column: str) -> frozenset[str]:
    """What a column of this name may show in that view of the store, as TABLE.COLUMN, whatever
    its type; nothing where the schema has no such column."""
    tables = (
        ("Profile",) if view in CREATORS else ("StoreListingVersion", "StoreListing", "AgentGraph")
    )
    return frozenset(
        f"{table}.{found}"
        for table in tables
        if table in catalog.tables
        for name in _names(table, column, folded(column))
        if (found := named(catalog.tables[table], name))
    )


def _versions(catalog: Catalog, column: str) -> Origin:
    version = PlatformTable(catalog, "StoreListingVersion", "v")
    listing = PlatformTable(catalog, "StoreListing", "l")
    joins = (
        f"JOIN {version.sql} ON {version.text('id')} = {_key(column)} "
        f"LEFT JOIN {listing.sql} ON {listing['id']} = {version['storeListingId']}"
    )
    graph = PlatformTable(catalog, "AgentGraph", "g")
    keys = (("id", "agentGraphId"), ("version", "agentGraphVersion"))
    known = all(graph.find(there) and listing.find(here) for there, here in keys)
    if listing.find("activeVersionId") or not known:
        return Origin((version, listing), joins, _key(column))
    same = (f"{graph.text(there)} = {listing.text(here)}" for there, here in keys)
    joins += f" LEFT JOIN {graph.sql} ON {' AND '.join(same)}"
    return Origin((version, listing, graph), joins, _key(column))


def _profiles(catalog: Catalog, column: str) -> Origin:
    """Joins profiles by username, or by the user's id, but none that shares it with another."""
    profile, other = PlatformTable(catalog, "Profile", "p"), PlatformTable(catalog, "Profile", "o")
    name = "userId" if column.casefold().endswith("id") else "username"
    joins = (
        f"JOIN {profile.sql} ON {profile.text(name)} = {_key(column)} AND NOT EXISTS "
        f"(SELECT FROM {other.sql} WHERE {other[name]} = {profile[name]} "
        f"AND {other['id']} <> {profile['id']})"
    )
    return Origin((profile,), joins, _key(column))


def _key(column: str) -> str:
    return _text(f"shown.{quote(column)}")


def _candidates(shown: Column, origin: Origin) -> Iterator[Candidate]:
    spelt = folded(shown.name)
    for source in origin.tables:
        table = source.catalog.tables[source.table]
        for name in _names(source.table, shown.name, spelt):
            column = named(table, name)
            if column is not None and (
                pair := _comparable(
                    shown,
                    f"shown.{quote(shown.name)}",
                    table.columns[column],
                    f"{source.alias}.{quote(column)}",
                )
            ):
                yield Candidate(f"{source.table}.{column}", *pair)


def _names(table: str, shown: str, spelt: str) -> tuple[str, ...]:
    """The columns of the table that one of this name may show."""
    if table == "AgentGraph":
        return _OF_GRAPHS.get(spelt, ())
    return _RENAMED[table].get(spelt, (shown,))


def _comparable(
    shown: Column, found: str, base: Column, wanted: str
) -> tuple[str, tuple[str, ...], str] | None:
    """The terms of `Candidate` but the first; None where the columns are of different kinds."""
    kinds, target = (_kind(shown), _kind(base)), shown.type.base
    there = f"{wanted} IS NOT NULL"
    if kinds in {("list", "list"), ("list", "document"), ("document", "list")}:
        right = texts_of(wanted, base.type.base)
        return texts_of(found, target), (right,), f"{right} <> '{{}}'"
    if kinds[0] != kinds[1]:
        return None
    match kinds[0]:
        case "time":
            return found, tuple(_times(wanted, base.type.base, target)), there
        case "number":
            return f"CAST({found} AS numeric)", (f"CAST({wanted} AS numeric)",), there
        case "boolean":
            return found, (wanted,), there
        case "document":
            return _text(f"CAST({found} AS jsonb)"), (_text(f"CAST({wanted} AS jsonb)"),), there
        case "text":
            bounded = target.text if target.name in _BOUNDED else "text"
            right = _text(f"CAST({_text(wanted)} AS {bounded})")
            return _text(found), (right,), f"{right} <> ''"
    same = shown.type.text == base.type.text
    return (_text(found), (_text(wanted),), there) if same else None


def _times(wanted: str, base: DataType, target: DataType) -> Iterator[str]:
    """As the view's cast may have it: in the session's time zone, or in UTC."""
    yield f"CAST({wanted} AS {target.text})"
    if (base.name == "timestamptz") != (target.name == "timestamptz"):
        yield f"CAST({wanted} AT TIME ZONE 'UTC' AS {target.text})"


def _kind(column: Column) -> str:
    """The kind of value that a column is compared as; "" where it is none of those known."""
    base = column.type.base
    if base.kind is TypeKind.ARRAY:
        return "list"
    if is_number(column):
        return "number"
    if base.kind is TypeKind.ENUM or base.name in _TEXTS:
        return "text"
    if base.name in JSON_TYPES:
        return "document"
    if base.name in _TIMES:
        return "time"
    return "boolean" if base.name == "bool" else ""


def _text(sql: str) -> str:
    return f"CAST({sql} AS text)"

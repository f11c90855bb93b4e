"""Conditions in SQL for the rows of runs: by the ids that hold a tag, or by the keys listed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from autogpt_seed.catalog import Catalog, Table
from autogpt_seed.database.bookkeeping import BOOKKEEPING
from autogpt_seed.database.sql import quote
from autogpt_seed.entities import ENTITIES, FORMER_ENTITIES
from autogpt_seed.ids import MAXIMUM_ORDINAL, RunTag, table_code
from autogpt_seed.marks import Mark, mark_of


@dataclass(frozen=True)
class Recognition:
    """The conditions by which rows of some runs are told from all others.

    They speak of the row `t`, in statements that begin with `head` and take the six `values`.
    """

    catalog: Catalog
    values: tuple[list[str], list[str], list[str], list[str], str, list[str]]
    head: str

    @property
    def listed(self) -> list[str]:
        """The tables in which the record lists keys of the runs."""
        return self.values[-1]

    def condition(self, table: Table) -> str | None:
        """Whether the row was made by one of the runs; None where no row can be recognised.

        Where ids alone do not tell rows apart, such as those of the versions of a graph, they are
        believed only of runs that are not in the record.
        """
        mark = mark_of(table)
        conditions = []
        if mark and mark.column:
            only = "true" if mark.alone else "NOT run.recorded"
            conditions.append(has_own_id(mark, codes(self.catalog, table), only))
        if mark and table.name in self.listed:
            relation = f"$6[{self.listed.index(table.name) + 1}]"
            keys = f"SELECT listed.key FROM listed WHERE listed.relation = {relation}"
            conditions.append(f"{key_texts(mark)} IN ({keys})")
        return f"({' OR '.join(conditions)})" if conditions else None


def recognition(
    catalog: Catalog,
    tags: Iterable[str],
    recorded: Collection[str] = (),
    listed: Sequence[str] = (),
) -> Recognition:
    """How to recognise the rows of the runs with these tags, of which some are `recorded`."""
    every = [RunTag(tag) for tag in tags]
    values = (
        [tag.digits for tag in every],
        [block(tag)[0] for tag in every],
        [block(tag)[1] for tag in every],
        [str(tag.digits in recorded) for tag in every],
        catalog.schema,
        list(listed),
    )
    return Recognition(catalog, values, _LISTED if listed else _UNLISTED)


_RUN = """
WITH run (tag, first, last, recorded, tail) AS (
    SELECT tag, first, last, recorded::boolean, '-8' || left(tag, 3) || '-' || substr(tag, 4)
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
         AS run (tag, first, last, recorded))"""
_UNLISTED = f"{_RUN}, listed AS (SELECT $5::text, $6::text[]) "
_LISTED = f"""{_RUN}, listed (relation, key, tag) AS (
    SELECT relation, key, tag FROM {BOOKKEEPING}.run_key JOIN run USING (tag)
    WHERE schema = $5::text AND relation = ANY ($6::text[])) """


def block(tag: RunTag) -> tuple[str, str]:
    """The first 8 digits of the first and of the last id that a run can have."""
    return f"{tag.base:08x}", f"{tag.base + MAXIMUM_ORDINAL:08x}"


def own_tables(catalog: Catalog) -> list[Table]:
    """The tables to look for rows of runs in.

    The rows of partitions, and of tables that inherit from others, are found in their parents. Only
    a table that inherits and that an entity fills is looked at itself: its ids name it.
    """
    return [
        table
        for table in catalog.tables.values()
        if table.relation in ("r", "p")
        and not (table.partition or table.extension)
        and not (table.inherits and table.name not in (*ENTITIES, *FORMER_ENTITIES))
    ]


def codes(catalog: Catalog, table: Table) -> Sequence[str]:
    """The codes that ids in the table can have: its own, and those of entities without a table."""
    entities = (*ENTITIES, *FORMER_ENTITIES)
    others = [name for name in entities if name not in catalog.tables]
    return [table_code(name) for name in (table.name, *others)]


def id_text(mark: Mark) -> str:
    """The id of the row as text."""
    return f"t.{quote(mark.column)}::text"


def tag_text(mark: Mark, codes: Iterable[str]) -> str:
    """The tag in the id of the row, NULL where it is none of the table's own computed ids.

    The places of `ids`, which are compared many times as fast as a regular expression.
    """
    identifier = id_text(mark)
    tag = f"substr({identifier}, 21, 3) || substr({identifier}, 25)"
    return (
        f"CASE WHEN length({identifier}) = 36 AND substr({identifier}, 19, 2) = '-8'"
        f" AND substr({identifier}, 24, 1) = '-' AND {_is_hex(f'({tag})')}"
        f" AND {_names_table(identifier, codes)} THEN {tag} END"
    )


def head_text(mark: Mark) -> str:
    """The first 8 digits of the id of the row, which sort like the numbers that they are."""
    return f'left({id_text(mark)}, 8) COLLATE "C"'


def key_texts(mark: Mark) -> str:
    """The key of the row as it is listed."""
    return f"ARRAY[{', '.join(f't.{quote(name)}::text' for name in mark.key)}]"


def has_own_id(mark: Mark, codes: Iterable[str], only: str = "true") -> str:
    """Whether the id of the row has block and tag of one of the runs that meet `only`."""
    identifier = id_text(mark)
    return (
        f"EXISTS (SELECT FROM run WHERE {only} AND run.tail = substr({identifier}, 19)"
        f" AND {head_text(mark)} BETWEEN run.first AND run.last"
        f" AND {_names_table(identifier, codes)})"
    )


def _names_table(identifier: str, codes: Iterable[str]) -> str:
    """Whether the digits before the tag name the table, and stand behind hexadecimal ones."""
    names = ", ".join(f"'-{code[:4]}-8{code[4:]}'" for code in codes)
    return f"substr({identifier}, 9, 10) IN ({names}) AND {_is_hex(f'left({identifier}, 8)')}"


def _is_hex(text: str) -> str:
    return f"translate({text}, '0123456789abcdef', '') = ''"

"""Conditions in SQL for the rows of runs: by the ids that hold a tag, or by the keys listed.

They speak of the row, in statements that begin with `RUNS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autogpt_seed.catalog import Catalog, Table
from autogpt_seed.database.bookkeeping import BOOKKEEPING
from autogpt_seed.database.sql import quote
from autogpt_seed.entities import ENTITIES, FORMER_ENTITIES
from autogpt_seed.ids import MAXIMUM_ORDINAL, TAG_DIGITS, RunTag, table_code
from autogpt_seed.marks import Mark

Bounds = tuple[list[str], list[str], list[str]]


def bounds(tags: Iterable[RunTag]) -> Bounds:
    """The tags, and the first 8 digits of the first and the last id that each can have."""
    every = list(tags)
    return (
        [tag.digits for tag in every],
        [f"{tag.base:08x}" for tag in every],
        [f"{tag.base + MAXIMUM_ORDINAL:08x}" for tag in every],
    )


RUNS = "WITH run (tag, first, last) AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[])) "
"""What a statement begins with whose first three values are the `bounds` of runs."""


def listed_tables(catalog: Catalog) -> list[Table]:
    """The tables whose rows are looked at: others show or hold the same rows."""
    return [
        table
        for table in catalog.tables.values()
        if not (table.partition or table.inherits or table.extension)
        and table.relation in ("r", "p")
    ]


def codes(catalog: Catalog, table: Table) -> Sequence[str]:
    """How ids name the table: by its name, or by that of an entity which has no other table."""
    entities = (*ENTITIES, *FORMER_ENTITIES)
    others = [name for name in entities if name not in catalog.tables]
    return [table_code(name) for name in (table.name, *others)]


def id_text(mark: Mark) -> str:
    """The id of the row as text."""
    return f"t.{quote(mark.column)}::text"


def tag_text(mark: Mark, codes: Iterable[str]) -> str:
    """The tag in the id of the row, NULL where it is none of the table's own computed ids."""
    names = "|".join(f"{code[:4]}-8{code[4:]}" for code in codes)
    pattern = f"^[0-9a-f]{{8}}-({names})-8[0-9a-f]{{3}}-[0-9a-f]{{12}}$"
    identifier = id_text(mark)
    tag = f"right(replace({identifier}, '-', ''), {TAG_DIGITS})"
    return f"CASE WHEN {identifier} ~ '{pattern}' THEN {tag} END"


def head_text(mark: Mark) -> str:
    """The first 8 digits of the id of the row: its place, in an order of their own."""
    return f'left({id_text(mark)}, 8) COLLATE "C"'


def has_own_id(mark: Mark, codes: Iterable[str]) -> str:
    """Whether the row has an id of one of the `RUNS`: block and tag."""
    return (
        f"EXISTS (SELECT FROM run WHERE run.tag = {tag_text(mark, codes)}"
        f" AND {head_text(mark)} BETWEEN run.first AND run.last)"
    )


def key_texts(mark: Mark) -> str:
    """The key of the row as it is listed."""
    return f"ARRAY[{', '.join(f't.{quote(name)}::text' for name in mark.key)}]"


def is_listed(mark: Mark, schema: str, relation: str) -> str:
    """Whether the row is listed as one of the `RUNS`; `schema` and `relation` are values."""
    return (
        f"EXISTS (SELECT FROM {BOOKKEEPING}.run_key AS listed JOIN run USING (tag)"
        f" WHERE (listed.schema, listed.relation) = ({schema}, {relation})"
        f" AND listed.key = {key_texts(mark)})"
    )

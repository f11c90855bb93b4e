"""Reflection: a connection and a schema's name -> Catalog, in a dozen catalog queries.

SQLAlchemy runs the queries; they are ours, because its inspector parses DDL texts (which hostile
names break) and does not tell generated columns, domains' bases, privileges, row security,
triggers and functions, all of which decide whether and how a table can be filled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.catalog import (
    Catalog,
    CheckConstraint,
    Column,
    ForeignKey,
    Function,
    Index,
    Privileges,
    Table,
    Trigger,
    UniqueKey,
    View,
)
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.database.reflection import queries

_Grouped = dict[str, list[RowMapping]]


async def reflect(connection: AsyncConnection, schema: str) -> Catalog:
    """Read everything that is known of `schema` as the session's role sees it now."""
    server = (await _fetch(connection, queries.SERVER))[0]
    relations = await _fetch(connection, queries.RELATIONS, schema)
    types = _types(await _fetch(connection, queries.TYPES, schema))
    columns = _columns(await _fetch(connection, queries.COLUMNS, schema), types)
    indexes = _grouped(await _fetch(connection, queries.INDEXES, schema))
    constraints = _grouped(await _fetch(connection, queries.CONSTRAINTS, schema))
    triggers = _grouped(await _fetch(connection, queries.TRIGGERS, schema))
    reads: dict[str, set[str]] = defaultdict(set)
    for row in await _fetch(connection, queries.VIEW_DEPENDENCIES, schema):
        reads[row["view"]].add(row["depends_on"])
    functions = await _fetch(connection, queries.FUNCTIONS, schema)
    enums = await _fetch(connection, queries.ENUMS, schema)
    return Catalog(
        schema=schema,
        server_version=server["version"],
        tables={
            row["name"]: _table(schema, row, columns, indexes, constraints, triggers)
            for row in relations
            if row["kind"] in "rpf"
        },
        views={
            row["name"]: _view(schema, row, columns, indexes, triggers, reads)
            for row in relations
            if row["kind"] in "vm"
        },
        functions=tuple(Function(schema=schema, **row) for row in functions),
        enums={row["name"]: tuple(row["labels"]) for row in enums},
        extensions=frozenset(server["extensions"]),
    )


async def _fetch(
    connection: AsyncConnection, query: str, schema: str | None = None
) -> Sequence[RowMapping]:
    values = {} if schema is None else {"schema": schema}
    return (await connection.execute(text(query), values)).mappings().all()


def _grouped(rows: Sequence[RowMapping]) -> _Grouped:
    groups: _Grouped = defaultdict(list)
    for row in rows:
        groups[row["relation"]].append(row)
    return groups


def _types(rows: Sequence[RowMapping]) -> dict[int, DataType]:
    """The types by oid, each holding those that it is made of."""
    facts = {row["oid"]: row for row in rows}
    made: dict[int, DataType] = {}

    def make(oid: int) -> DataType:
        if oid not in made:
            row = facts[oid]
            is_array = row["is_array"]
            element = make(row["element"]) if row["element"] else None
            if element and row["kind"] == "d":
                element = replace(element, text=row["base_text"], modifier=row["modifier"])
            made[oid] = DataType(
                schema=row["schema"],
                name=element.name if is_array and element else row["name"],
                text=row["text"],
                kind=TypeKind.ARRAY if is_array else TypeKind(row["kind"]),
                category=row["category"],
                element=element,
                labels=tuple(row["labels"]),
                checks=tuple(row["checks"]),
                not_null=row["not_null"],
                attributes=_attributes(row, make),
            )
        return made[oid]

    return {oid: make(oid) for oid in facts}


def _attributes(
    row: RowMapping, make: Callable[[int], DataType]
) -> tuple[tuple[str, DataType], ...]:
    """The parts of a composite type."""
    parts = zip(
        row["attribute_names"], row["attribute_types"], row["attribute_modifiers"], strict=True
    )
    return tuple(
        (name, replace(make(int(oid)), modifier=int(modifier))) for name, oid, modifier in parts
    )


def _columns(
    rows: Sequence[RowMapping], types: dict[int, DataType]
) -> dict[str, dict[str, Column]]:
    columns: dict[str, dict[str, Column]] = defaultdict(dict)
    for row in rows:
        columns[row["relation"]][row["name"]] = Column(
            name=row["name"],
            type=replace(types[row["type"]], text=row["type_text"], modifier=row["modifier"]),
            nullable=row["nullable"] and not _never_null(types[row["type"]]),
            default=None if row["generated"] else row["default"],
            generated=row["generated"],
            identity=row["identity"],
            insertable=row["insertable"],
        )
    return columns


def _never_null(data_type: DataType) -> bool:
    """Whether the type is a domain that takes no NULL, or one over such."""
    below = data_type.kind is TypeKind.DOMAIN and data_type.element
    return data_type.not_null or bool(below and _never_null(below))


def _privileges(row: RowMapping) -> Privileges:
    return Privileges(row["select"], row["insert"], row["owner"])


def _indexes(rows: list[RowMapping]) -> tuple[Index, ...]:
    return tuple(
        Index(
            name=r["name"],
            definition=r["definition"],
            unique=r["unique"],
            valid=r["valid"],
            terms=tuple(r["terms"]),
            predicate=r["predicate"],
            nulls_distinct=r["nulls_distinct"],
            operators=tuple(r["operators"]),
            expressions=r["expressions"],
        )
        for r in rows
    )


def _triggers(rows: list[RowMapping]) -> tuple[Trigger, ...]:
    return tuple(Trigger(r["name"], r["function"], r["definition"]) for r in rows)


def _table(
    schema: str,
    row: RowMapping,
    columns: dict[str, dict[str, Column]],
    indexes: _Grouped,
    constraints: _Grouped,
    triggers: _Grouped,
) -> Table:
    name = row["name"]
    return Table(
        schema=schema,
        name=name,
        relation=row["kind"],
        columns=columns[name],
        privileges=_privileges(row),
        unique_keys=tuple(
            UniqueKey(
                i["name"], tuple(i["columns"]), i["primary"], i["partial"], i["nulls_distinct"]
            )
            for i in indexes[name]
            if i["unique"] and i["valid"] and not i["expressions"]
        ),
        foreign_keys=tuple(_foreign_key(c) for c in constraints[name] if c["kind"] == "f"),
        checks=tuple(
            CheckConstraint(c["name"], tuple(c["columns"]), c["definition"])
            for c in constraints[name]
            if c["kind"] in "cx"
        ),
        indexes=_indexes(indexes[name]),
        triggers=_triggers(triggers[name]),
        row_security=row["row_security"],
        hides_rows=row["hides_rows"],
        partition=row["partition"],
        inherits=row["inherits"] and not row["partition"],
        extension=row["extension"],
        insertable=row["insertable"],
        rules=tuple(row["rules"]),
    )


def _foreign_key(row: RowMapping) -> ForeignKey:
    return ForeignKey(
        name=row["name"],
        columns=tuple(row["columns"]),
        schema=row["referred_schema"],
        table=row["referred_table"],
        referred=tuple(row["referred"]),
        definition=row["definition"],
        deferrable=row["deferrable"],
    )


def _view(
    schema: str,
    row: RowMapping,
    columns: dict[str, dict[str, Column]],
    indexes: _Grouped,
    triggers: _Grouped,
    reads: dict[str, set[str]],
) -> View:
    name = row["name"]
    return View(
        schema=schema,
        name=name,
        materialized=row["kind"] == "m",
        columns=columns[name],
        definition=row["definition"],
        privileges=_privileges(row),
        depends_on=frozenset(reads[name]),
        populated=row["populated"],
        indexes=_indexes(indexes[name]),
        insertable=row["insertable"],
        triggers=_triggers(triggers[name]),
    )

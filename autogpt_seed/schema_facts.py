"""What a schema is made of, fact by fact, to name in what two schemas differ. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from autogpt_seed.catalog import Catalog, Column, Table, View

_DIGEST_LENGTH = 12


def schema_facts(catalog: Catalog) -> dict[str, str]:
    """What each part of the schema is, by a name such as `column User.email`.

    Long texts, such as the definition of a view, stand as a digest. Neither the schema's name nor
    the order of columns counts, nor who owns anything, nor plain indexes. The catalog must have
    been read with the schema first on the search path, as the unit of work puts it.
    """
    facts: dict[str, str] = {}
    for name, fact in sorted([*_tables(catalog), *_views(catalog), *_others(catalog)]):
        facts[name] = f"{facts[name]}; {fact}" if name in facts else fact
    return facts


def without_server_texts(facts: Mapping[str, str]) -> dict[str, str]:
    """The facts without what servers of different versions write differently: view definitions."""
    return {
        name: fact.rpartition(" ")[0] if name.startswith("view ") else fact
        for name, fact in facts.items()
    }


def differences(
    first: Mapping[str, str], second: Mapping[str, str], called: tuple[str, str]
) -> list[str]:
    """In what they differ, one line each; `called` says what each of them is called.

    Parts of a table or view that only one has are not listed apart from it.
    """
    lines = []
    for name in sorted(first.keys() | second.keys()):
        if name in first and name in second:
            if first[name] != second[name]:
                lines.append(f"{name}: {_both(first[name], second[name], called)}")
            continue
        has, lacks = (0, 1) if name in first else (1, 0)
        if f"table {_relation(name)}" in (first, second)[lacks] or name.split()[0] in _WHOLES:
            lines.append(f"{name}: only in {called[has]}")
    return lines


_WHOLES = ("table", "view", "function", "enum")


def _relation(name: str) -> str:
    """The table of `column User.email`, or of `check User_age_check of User`."""
    kind, _, rest = name.partition(" ")
    return rest.rpartition(".")[0] if kind == "column" else rest.rpartition(" of ")[2]


def _both(first: str, second: str, called: tuple[str, str]) -> str:
    return f"{first} in {called[0]}, {second} in {called[1]}"


def _tables(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for table in catalog.tables.values():
        kind = " partition" * table.partition + " heir" * table.inherits
        yield f"table {table.name}", table.relation + kind
        yield from (_column(table, column) for column in table.columns.values())
        for key in table.unique_keys:
            kind = "primary key" if key.primary else "unique"
            rules = " partial" * key.partial + " nulls not distinct" * (not key.nulls_distinct)
            yield f"key ({', '.join(key.columns)}) of {table.name}", kind + rules
        for foreign in table.foreign_keys:
            columns = ", ".join(foreign.columns)
            yield f"foreign key ({columns}) of {table.name}", foreign.definition
        for check in table.checks:
            yield f"check {check.name} of {table.name}", check.definition
        for trigger in table.triggers:
            yield f"trigger {trigger.name} of {table.name}", _digest(trigger.function)


def _views(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for view in catalog.views.values():
        kind = "materialized " if view.materialized else ""
        yield f"view {view.name}", kind + _digest(view.definition)


def _others(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for function in catalog.functions:
        text = f"{function.returns} {function.definition}"
        yield f"function {function.name}({function.arguments})", _digest(text)
    for name, labels in catalog.enums.items():
        yield f"enum {name}", ", ".join(labels)


def _column(relation: Table | View, column: Column) -> tuple[str, str]:
    kind = column.type
    parts = [
        kind.text,
        *([kind.base.text, *kind.checks] if kind.base is not kind else []),
        "" if column.nullable else "NOT NULL",
        f"DEFAULT {column.default}" if column.default else "",
        "generated" if column.generated else "",
        f"identity {column.identity}" if column.identity else "",
    ]
    return f"column {relation.name}.{column.name}", " ".join(filter(None, parts))


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:_DIGEST_LENGTH]

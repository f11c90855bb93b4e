"""What a schema is made of: fact by fact, as one digest, and where two schemas differ. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from autogpt_seed.catalog import Catalog, Column, Table, View

_DIGEST_LENGTH = 12


def schema_facts(catalog: Catalog) -> dict[str, str]:
    """What each part of the schema is, by a name such as `column User.email`.

    Long texts, such as the definition of a view, are replaced by a digest. The schema's name, the
    order of columns, owners, rights and plain indexes do not count. The catalog must have been
    read with the schema first on the search path, where the unit of work puts it.
    """
    facts: dict[str, str] = {}
    for name, fact in sorted([*_tables(catalog), *_views(catalog), *_others(catalog)]):
        facts[name] = f"{facts[name]}; {fact}" if name in facts else fact
    return facts


def fingerprint(catalog: Catalog) -> str:
    """64 hexadecimal digits, which two schemas share exactly where they have the same facts."""
    facts = "\n".join(f"{name}: {fact}" for name, fact in schema_facts(catalog).items())
    return hashlib.sha256(facts.encode()).hexdigest()


def without_server_texts(facts: Mapping[str, str]) -> dict[str, str]:
    """The facts without what servers of different versions write differently: view definitions."""
    return {
        name: fact.rpartition(" ")[0] if name.startswith("view ") else fact
        for name, fact in facts.items()
    }


def differences(file: Mapping[str, str], database: Mapping[str, str]) -> list[str]:
    """One line for each fact in which a baked file and a database differ.

    Where one of them lacks a whole table, its columns and keys are not listed besides.
    """
    lines = []
    for name in sorted(file.keys() | database.keys()):
        if name in file and name in database:
            if file[name] != database[name]:
                lines.append(f"{name}: {file[name]} in the file, {database[name]} in the database")
            continue
        has, lacks = ("file", database) if name in file else ("database", file)
        if f"table {_relation(name)}" in lacks or name.split()[0] in _WHOLES:
            lines.append(f"{name}: only in the {has}")
    return lines


_WHOLES = ("table", "view", "function", "enum")


def _relation(name: str) -> str:
    """The table of `column User.email`, or of `check User_age_check of User`."""
    kind, _, rest = name.partition(" ")
    return rest.rpartition(".")[0] if kind == "column" else rest.rpartition(" of ")[2]


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

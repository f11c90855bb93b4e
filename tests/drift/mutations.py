"""The kinds of change. Each gives statements, or none where the schema has no place for it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from autogpt_seed.database.sql import quote as q
from tests.drift.schema import Column, Schema, Table, View
from tests.drift.types import CHECKS, RETYPED, SCALARS, UNIQUE

INDISPENSABLE = ("User", "AgentGraph")


@dataclass
class Draw:
    """One change in the making: chance, the schema as it is, and a number for new names."""

    random: random.Random
    schema: Schema
    number: int

    def table(self, *, old: bool = False) -> Table:
        names = [n for n in self.schema.tables if not (old and n.startswith("New"))]
        return self.schema.tables[self.random.choice(names)]

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def new(self, what: str) -> str:
        """A name that is not in use, at times one that needs care."""
        odd = self.random.choice(["", "", "", " with space", 'qu"ote', ":colon", "%s", "Ünïcode"])
        return f"new{what.capitalize()}{self.number}{odd}"


Mutation = Callable[[Draw], Sequence[str]]


# New columns


def add_column(draw: Draw) -> list[str]:
    """A required column of some type, at times with a check."""
    table, name = draw.table(), draw.new("column")
    kind = draw.random.choice(SCALARS) + draw.random.choice(["", "", "[]"])
    if kind in CHECKS and draw.chance(0.5):
        check = draw.random.choice(CHECKS[kind]).format(c=q(name))
        return [_add(table, name, f"{kind} NOT NULL CHECK ({check})")]
    return [_add(table, name, f"{kind} NOT NULL")]


def add_checked_column(draw: Draw) -> list[str]:
    table, name = draw.table(), draw.new("checked")
    kind = draw.random.choice(list(CHECKS))
    check = draw.random.choice(CHECKS[kind]).format(c=q(name))
    return [_add(table, name, f"{kind} NOT NULL CHECK ({check})")]


def add_ordered_columns(draw: Draw) -> list[str]:
    """Two columns, of which the one may not be greater than the other."""
    table, first, second = draw.table(), draw.new("first"), draw.new("second")
    kind = draw.random.choice(["integer", "numeric", "timestamp(3)", "date"])
    return [
        _add(table, first, f"{kind} NOT NULL"),
        _add(table, second, f"{kind} NOT NULL CHECK ({q(first)} <= {q(second)})"),
    ]


def add_unique_column(draw: Draw) -> list[str]:
    kind = draw.random.choice(UNIQUE)
    return [_add(draw.table(), draw.new("unique"), f"{kind} NOT NULL UNIQUE")]


def add_enum_column(draw: Draw) -> list[str]:
    table, name, enum = draw.table(), draw.new("label"), draw.new("enum")
    array = draw.random.choice(["", "[]"])
    return [
        f"CREATE TYPE {q(enum)} AS ENUM ('low', 'it''s', 'HIGH')",
        _add(table, name, f"{q(enum)}{array} NOT NULL"),
    ]


def add_domain_column(draw: Draw) -> list[str]:
    table, name, domain = draw.table(), draw.new("value"), draw.new("domain")
    kind = draw.random.choice(list(CHECKS))
    check = draw.random.choice(CHECKS[kind]).format(c="VALUE")
    null = draw.random.choice(["NOT NULL", ""])
    return [
        f"CREATE DOMAIN {q(domain)} AS {kind} {null} CHECK ({check})",
        _add(table, name, f"{q(domain)} NOT NULL"),
    ]


def add_composite_column(draw: Draw) -> list[str]:
    table, name, composite = draw.table(), draw.new("pair"), draw.new("type")
    parts = ", ".join(
        f"p{n} {draw.random.choice(SCALARS)}" for n in range(draw.random.randint(1, 3))
    )
    array = draw.random.choice(["", "[]"])
    return [
        f"CREATE TYPE {q(composite)} AS ({parts})",
        _add(table, name, f"{q(composite)}{array} NOT NULL"),
    ]


def add_vector_column(draw: Draw) -> list[str]:
    return [_add(draw.table(), draw.new("vector"), "vector(3) NOT NULL")]


def add_reference(draw: Draw) -> list[str]:
    """A required foreign key to an old or new table, or its own, at times a unique one."""
    table, parent = draw.table(), draw.table()
    if len(parent.primary) != 1:
        return []
    unique = " UNIQUE" if draw.chance(0.2) and _as_many(table, parent) else ""
    key = next(c for c in parent.columns if c.name == parent.primary[0])
    column = f"{key.type} NOT NULL{unique} REFERENCES {q(parent.name)}"
    return [_add(table, draw.new("ref"), column)]


def add_shared_reference(draw: Draw) -> list[str]:
    """Two required keys that share a column: what belongs to a team, and to its organisation."""
    table, whole, part = draw.table(), f"New{draw.new('whole')}", f"New{draw.new('part')}"
    one, two = q(draw.new("one")), q(draw.new("two"))
    kind = draw.random.choice(["text", "uuid", "bigint"])
    return [
        f"CREATE TABLE {q(whole)} (id {kind} PRIMARY KEY)",
        f"CREATE TABLE {q(part)} (id {kind} PRIMARY KEY, whole {kind} NOT NULL "
        f"REFERENCES {q(whole)}, UNIQUE (whole, id))",
        f"ALTER TABLE {q(table.name)} ADD {one} {kind} NOT NULL REFERENCES {q(whole)}, "
        f"ADD {two} {kind} NOT NULL, ADD FOREIGN KEY ({one}, {two}) "
        f"REFERENCES {q(part)} (whole, id)",
    ]


def add_wide_reference(draw: Draw) -> list[str]:
    """A required key of several columns, or to a column that is unique besides the key."""
    table, parent = draw.table(), draw.table()
    keys = [key.columns for key in parent.keys if key.kind in "pu" and len(key.columns) < 4]
    if not keys or table.name == parent.name:
        return []
    referred = draw.random.choice(keys)
    columns = {column.name: column for column in parent.columns}
    if any(columns[name].generated for name in referred):
        return []
    names = [draw.new(f"ref{place}") for place, _ in enumerate(referred)]
    typed = [f"{q(n)} {columns[r].type} NOT NULL" for n, r in zip(names, referred, strict=True)]
    return [
        f"ALTER TABLE {q(table.name)} {', '.join(f'ADD {column}' for column in typed)}, "
        f"ADD FOREIGN KEY ({', '.join(map(q, names))}) REFERENCES {q(parent.name)} "
        f"({', '.join(map(q, referred))})"
    ]


def add_soft_delete(draw: Draw) -> list[str]:
    """Two columns that agree in their defaults and otherwise need not."""
    table, flag, since = draw.table(), q(draw.new("gone")), q(draw.new("since"))
    return [
        f"ALTER TABLE {q(table.name)} ADD {flag} boolean NOT NULL DEFAULT false, "
        f"ADD {since} timestamptz, ADD CHECK ({flag} = ({since} IS NOT NULL))"
    ]


def add_generated_column(draw: Draw) -> list[str]:
    """A column that the database makes of others, at times one that a key refers to."""
    table = draw.table(old=True)
    texts = [c.name for c in table.columns if c.type == "text" and not c.generated]
    if not texts:
        return []
    name, source = draw.new("generated"), q(draw.random.choice(texts))
    return [_add(table, name, f"text GENERATED ALWAYS AS (upper({source})) STORED")]


def add_optional_columns(draw: Draw) -> list[str]:
    """What nobody has to fill."""
    table, name = draw.table(), draw.new("optional")
    return [
        _add(table, name, draw.random.choice(SCALARS)),
        _add(table, f"{name}2", "text NOT NULL DEFAULT 'x'"),
        _add(table, f"{name}3", "text GENERATED ALWAYS AS ('y' || 'z') STORED"),
        _add(table, f"{name}4", draw.random.choice(["serial", "bigserial NOT NULL UNIQUE"])),
    ]


def add_identity(draw: Draw) -> list[str]:
    how = draw.random.choice(["ALWAYS", "BY DEFAULT"])
    column = f"bigint GENERATED {how} AS IDENTITY"
    return [_add(draw.table(), draw.new("identity"), column)]


# Old columns


def drop_column(draw: Draw) -> list[str]:
    """A column goes, and with it whatever view reads it."""
    table = draw.table(old=True)
    columns = [c.name for c in table.columns if c.name not in table.primary]
    if not columns:
        return []
    return [f"ALTER TABLE {q(table.name)} DROP {q(draw.random.choice(columns))} CASCADE"]


def drop_plain_column(draw: Draw) -> list[str]:
    """A column goes that no view reads, nor a trigger that was added."""
    table = draw.table(old=True)
    plain = [column.name for column in table.plain if not column.name.startswith("new")]
    return [f"ALTER TABLE {q(table.name)} DROP {q(draw.random.choice(plain))}"] if plain else []


def rename_column(draw: Draw) -> list[str]:
    table = draw.table(old=True)
    columns = [c.name for c in table.columns if c.name not in table.primary]
    if not columns:
        return []
    name = draw.random.choice(columns)
    return [f"ALTER TABLE {q(table.name)} RENAME {q(name)} TO {q(draw.new('name'))}"]


def spell_columns(draw: Draw) -> list[str]:
    """All columns of a table as other tools write them: created_at for createdAt."""
    table = draw.table(old=True)
    return [
        f"ALTER TABLE {q(table.name)} RENAME {q(name)} TO {q(spelt)}"
        for name in (column.name for column in table.columns)
        if (spelt := re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower()) != name
    ]


def retype_column(draw: Draw) -> list[str]:
    table = draw.table(old=True)
    candidates = [c for c in table.plain if c.type in RETYPED and c.name not in table.primary]
    if not candidates:
        return []
    column = draw.random.choice(candidates)
    kind = draw.random.choice(RETYPED[column.type])
    return _without_views(draw, [_retype(table, column, kind)])


def require_column(draw: Draw) -> list[str]:
    """A column that may be empty has to be filled."""
    table = draw.table(old=True)
    optional = [c.name for c in table.columns if not c.required]
    if not optional:
        return []
    return [f"ALTER TABLE {q(table.name)} ALTER {q(draw.random.choice(optional))} SET NOT NULL"]


def drop_default(draw: Draw) -> list[str]:
    table = draw.table(old=True)
    given = [c.name for c in table.columns if c.given and not c.generated]
    if not given:
        return []
    return [f"ALTER TABLE {q(table.name)} ALTER {q(draw.random.choice(given))} DROP DEFAULT"]


def retype_ids(draw: Draw) -> list[str]:
    """The key of a table, and what refers to it, of another type."""
    tables = draw.schema.tables
    target = draw.table(old=True)
    if target.primary != ("id",):
        return []
    kind = draw.random.choice(["uuid", "varchar(36)", "bigint"])
    keys = [
        (table, key)
        for table in tables.values()
        for key in table.keys
        if key.kind == "f" and key.parent == target.name
    ]
    if any(len(key.columns) != 1 for _, key in keys):
        return []
    referring = dict.fromkeys((table.name, key.columns[0]) for table, key in keys)
    statements = [f"ALTER TABLE {q(t.name)} DROP CONSTRAINT {q(key.name)}" for t, key in keys]
    for name, column in [(target.name, "id"), *referring]:
        statements.append(
            f"ALTER TABLE {q(name)} ALTER {q(column)} DROP DEFAULT, "
            f"ALTER {q(column)} TYPE {kind} USING {q(column)}::{kind}"
        )
    statements += [
        f"ALTER TABLE {q(t.name)} ADD CONSTRAINT {q(key.name)} {key.definition}" for t, key in keys
    ]
    return _without_views(draw, statements, cast=kind)


def number_rows(draw: Draw) -> list[str]:
    """A table that nothing refers to gets a key that the database counts up."""
    table = draw.table(old=True)
    referred = {key.parent for other in draw.schema.tables.values() for key in other.keys}
    if table.primary != ("id",) or table.name in referred:
        return []
    kind = draw.random.choice(
        ["serial", "bigserial", "bigint GENERATED ALWAYS AS IDENTITY",
         "integer GENERATED BY DEFAULT AS IDENTITY"]
    )  # fmt: skip
    return [
        f"ALTER TABLE {q(table.name)} DROP id",
        f"ALTER TABLE {q(table.name)} ADD id {kind} PRIMARY KEY",
    ]


# Enums


def enum_to_text(draw: Draw) -> list[str]:
    """All columns of an enum become text."""
    enum = draw.random.choice(sorted(draw.schema.enums))
    statements = _retype_enum(draw.schema, enum, "text")
    return _without_views(draw, statements, enum=enum) if statements else []


def enum_to_checked_text(draw: Draw) -> list[str]:
    """A column of an enum becomes a text that a check keeps to the labels, or to small ones."""
    table = draw.table(old=True)
    found = [c for c in table.plain if c.type.strip('"') in draw.schema.enums]
    if not found:
        return []
    column = draw.random.choice(found)
    small = draw.chance(0.5)
    labels = draw.schema.enums[column.type.strip('"')]
    texts = ", ".join(_literal(label.lower() if small else label) for label in labels)
    name, kind = q(column.name), draw.random.choice(["text", "varchar(40)"])
    using = f"lower({name}::text)" if small else f"{name}::text"
    return [
        f"ALTER TABLE {q(table.name)} ALTER {name} DROP DEFAULT, "
        f"ALTER {name} TYPE {kind} USING {using}, ADD CHECK ({name} IN ({texts}))"
    ]


def enum_in_domain(draw: Draw) -> list[str]:
    """A column of an enum becomes one of a domain over it."""
    table, domain = draw.table(old=True), draw.new("domain")
    found = [c for c in table.plain if c.type.strip('"') in draw.schema.enums]
    if not found:
        return []
    column = draw.random.choice(found)
    return [
        f"CREATE DOMAIN {q(domain)} AS {column.type}",
        *_without_views(draw, [_retype(table, column, q(domain), through=column.type)]),
    ]


def text_to_enum(draw: Draw) -> list[str]:
    table, enum = draw.table(old=True), draw.new("enum")
    columns = [c for c in table.plain if c.type == "text"]
    if not columns:
        return []
    labels = draw.random.sample(["github", "slack", "discord", "repo", "personal", "x"], 3)
    create = f"CREATE TYPE {q(enum)} AS ENUM ({', '.join(map(_literal, labels))})"
    return [create, *_without_views(draw, [_retype(table, draw.random.choice(columns), q(enum))])]


def add_label(draw: Draw) -> list[str]:
    enum = draw.random.choice(sorted(draw.schema.enums))
    before = draw.random.choice(draw.schema.enums[enum])
    return [f"ALTER TYPE {q(enum)} ADD VALUE 'NEW_{draw.number}' BEFORE {_literal(before)}"]


def rename_label(draw: Draw) -> list[str]:
    enum = draw.random.choice(sorted(draw.schema.enums))
    label = draw.random.choice(draw.schema.enums[enum])
    return [f"ALTER TYPE {q(enum)} RENAME VALUE {_literal(label)} TO 'NEW_{draw.number}'"]


def remove_label(draw: Draw) -> list[str]:
    enum = draw.random.choice(sorted(draw.schema.enums))
    labels = list(draw.schema.enums[enum])
    labels.remove(draw.random.choice(labels))
    if not labels:
        return []
    old = f"old{draw.number}"
    values = ", ".join(map(_literal, labels))
    statements = [
        f"ALTER TYPE {q(enum)} RENAME TO {q(old)}",
        f"CREATE TYPE {q(enum)} AS ENUM ({values})",
        *_retype_enum(draw.schema, enum, q(enum), fallback=labels[0]),
    ]
    return _without_views(draw, statements)


# Tables


def drop_table(draw: Draw) -> list[str]:
    table = draw.table(old=True)
    if table.name in INDISPENSABLE:
        return []
    return [f"DROP TABLE {q(table.name)} CASCADE"]


def add_table(draw: Draw) -> list[str]:
    """A table that points at one or two others, and at times at itself."""
    name = f"New{draw.new('table')}"
    key = draw.random.choice(
        ["text PRIMARY KEY", "uuid PRIMARY KEY DEFAULT gen_random_uuid()", "serial PRIMARY KEY",
         "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "integer PRIMARY KEY"]
    )  # fmt: skip
    columns = [f"id {key}"]
    columns += [
        f"c{place} {draw.random.choice(SCALARS)} {draw.random.choice(['', 'NOT NULL'])}"
        for place in range(draw.random.randint(1, 3))
    ]
    for place in range(draw.random.randint(0, 2)):
        columns += _reference(draw, f"r{place}", draw.table())
    if draw.chance(0.2):
        columns.append(f"me {key.split()[0].replace('serial', 'integer')} REFERENCES {q(name)}")
    return [f"CREATE TABLE {q(name)} ({', '.join(columns)})"]


def add_parent_of_old(draw: Draw) -> list[str]:
    """A new table to which an old one must point, and which may point back."""
    name, table = f"New{draw.new('parent')}", draw.table(old=True)
    key = draw.random.choice(["text", "uuid", "integer", "bigint"])
    null = draw.random.choice(["NOT NULL", "NOT NULL", ""])
    statements = [
        f"CREATE TABLE {q(name)} (id {key} PRIMARY KEY, title text NOT NULL, "
        '"createdAt" timestamptz NOT NULL)',
        _add(table, draw.new("parent"), f"{key} {null} REFERENCES {q(name)}"),
    ]
    if draw.chance(0.5) and len(table.primary) == 1:
        kind = next(c.type for c in table.columns if c.name == table.primary[0])
        back = f"{kind} REFERENCES {q(table.name)}"
        back += draw.random.choice(["", " NOT NULL DEFERRABLE"])
        statements.append(f"ALTER TABLE {q(name)} ADD back {back}")
    return statements


def partition_table(draw: Draw) -> list[str]:
    """A table that nothing refers to becomes a partitioned one."""
    leaves = [
        t for t in draw.schema.tables.values()
        if not any(k.parent == t.name for o in draw.schema.tables.values() for k in o.keys)
        and t.primary and not t.name.startswith("New")
    ]  # fmt: skip
    if not leaves:
        return []
    table, old = draw.random.choice(leaves), f"old{draw.number}"
    by = q(table.primary[0])
    parts = [
        f"CREATE TABLE {q(f'part{draw.number}_{n}')} PARTITION OF {q(table.name)} "
        f"FOR VALUES WITH (MODULUS 2, REMAINDER {n})"
        for n in (0, 1)
    ]
    statements = [
        f"ALTER TABLE {q(table.name)} RENAME TO {old}",
        f"CREATE TABLE {q(table.name)} (LIKE {old} INCLUDING DEFAULTS INCLUDING GENERATED, "
        f"PRIMARY KEY ({', '.join(map(q, table.primary))})) PARTITION BY HASH ({by})",
        *parts,
        *[
            f"ALTER TABLE {q(table.name)} ADD CONSTRAINT {q(f'{k.name}_p')} {k.definition}"
            for k in table.keys
            if k.kind == "f"
        ],
        f"DROP TABLE {old} CASCADE",
    ]
    return _without_views(draw, statements)


def add_partitions(draw: Draw) -> list[str]:
    """A new table in parts by a list or a range, one of which takes the rest."""
    name, owner = f"New{draw.new('parted')}", draw.table(old=True)
    by, first = draw.random.choice(
        [("RANGE (at)", "FROM ('2020-01-01') TO ('2025-10-01')"), ("LIST (kind)", "IN ('a', 'b')")]
    )
    reference = _reference(draw, "owner", owner)
    columns = ["id bigint GENERATED ALWAYS AS IDENTITY", "at timestamptz NOT NULL",
               "kind varchar(3) NOT NULL", *reference]  # fmt: skip
    return [
        f"CREATE TABLE {q(name)} ({', '.join(columns)}) PARTITION BY {by}",
        f"CREATE TABLE {q(name + '1')} PARTITION OF {q(name)} FOR VALUES {first}",
        f"CREATE TABLE {q(name + '2')} PARTITION OF {q(name)} DEFAULT",
    ]


def move_to_inheritance(draw: Draw) -> list[str]:
    table = draw.table(old=True)
    name = f"New{draw.new('child')}"
    return [f"CREATE TABLE {q(name)} () INHERITS ({q(table.name)})"]


# The rest


def rename_view_column(draw: Draw) -> list[str]:
    if not draw.schema.views:
        return []
    view = draw.random.choice(draw.schema.views)
    kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
    column = draw.random.choice(view.columns)
    return [f"ALTER {kind} {q(view.name)} RENAME COLUMN {q(column)} TO {q(draw.new('figure'))}"]


def add_view_column(draw: Draw) -> list[str]:
    """A view shows one thing more, before or after what it shows."""
    if not draw.schema.views:
        return []
    view, name = draw.random.choice(draw.schema.views), q(draw.new("more"))
    more = draw.random.choice(["now()", "0", "''::text", "NULL::uuid", "'{}'::jsonb", "1.5"])
    parts = [f"{more} AS {name}", "v.*"]
    draw.random.shuffle(parts)
    definition = f"SELECT {', '.join(parts)} FROM ({view.definition.rstrip(';')}) AS v"
    changed = [replace(v, definition=definition) if v is view else v for v in draw.schema.views]
    return _without_views(replace(draw, schema=replace(draw.schema, views=changed)), [])


def add_materialized_view(draw: Draw) -> list[str]:
    name, table = draw.new("numbers"), draw.table(old=True)
    if not table.primary:
        return []
    key = q(table.primary[0])
    return [
        f"CREATE MATERIALIZED VIEW {q(name)} AS SELECT {key}, count(*) AS number "
        f"FROM {q(table.name)} GROUP BY {key}",
        *([f"CREATE UNIQUE INDEX ON {q(name)} ({key})"] if draw.chance(0.5) else []),
    ]


def count_runs_of_others(draw: Draw) -> list[str]:
    """The runs of an agent are those of others than its owner, as in a later version."""
    views = [view.name for view in draw.schema.views]
    if "mv_agent_run_counts" not in views:
        return []
    counted = """SELECT e."agentGraphId", count(*) AS run_count FROM "AgentGraphExecution" e
        JOIN "AgentGraph" g ON (g.id, g.version) = (e."agentGraphId", e."agentGraphVersion")
        WHERE e."userId" <> g."userId" GROUP BY e."agentGraphId" """
    changed = [
        replace(view, definition=counted) if view.name == "mv_agent_run_counts" else view
        for view in draw.schema.views
    ]
    return _without_views(replace(draw, schema=replace(draw.schema, views=changed)), [])


def drop_view(draw: Draw) -> list[str]:
    plain = [view.name for view in draw.schema.views if not view.materialized]
    return [f"DROP VIEW {q(draw.random.choice(plain))} CASCADE"] if plain else []


def drop_function(draw: Draw) -> list[str]:
    return ["DROP FUNCTION refresh_store_materialized_views"]


def drop_view_index(draw: Draw) -> list[str]:
    indexes = [index for view in draw.schema.views for index in view.indexes]
    if not indexes:
        return []
    found = re.search(r'INDEX ("(?:[^"]|"")+"|\S+) ON', draw.random.choice(indexes))
    return [f"DROP INDEX {found[1]}"] if found else []


def add_index(draw: Draw) -> list[str]:
    table = draw.table(old=True)
    some = draw.random.sample(table.columns, min(2, len(table.columns)))
    columns = ", ".join(q(column.name) for column in some)
    return [f"CREATE INDEX ON {q(table.name)} ({columns})"]


def add_unique_index(draw: Draw) -> list[str]:
    """Unique over the key and something else, or for the few rows of a part."""
    table = draw.table(old=True)
    if not table.primary:
        return []
    other = draw.random.choice(table.columns)
    columns = ", ".join(dict.fromkeys([*map(q, table.primary), q(other.name)]))
    where = draw.random.choice(["", f" WHERE {q(other.name)} IS NOT NULL"])
    return [f"CREATE UNIQUE INDEX ON {q(table.name)} ({columns}){where}"]


def rename_schema(draw: Draw) -> list[str]:
    """The runner knows the new name: it is asked of the server."""
    name = draw.random.choice(["My Platform", 'a"b', "Fork:2", "per%cent", "app", "select"])
    return [f"ALTER SCHEMA {q(draw.schema.name)} RENAME TO {q(name)}"]


def add_filling_trigger(draw: Draw) -> list[str]:
    """A required column that a trigger fills, whatever it is given."""
    table, name = draw.table(old=True), draw.new("filled")
    function = f"fill_{draw.number}"
    return [
        _add(table, name, "text NOT NULL"),
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$f$ BEGIN NEW.{q(name)} := 'by trigger'; RETURN NEW; END $f$",
        f"CREATE TRIGGER {function} BEFORE INSERT ON {q(table.name)} FOR EACH ROW "
        f"EXECUTE FUNCTION {function}()",
    ]


def add_noting_trigger(draw: Draw) -> list[str]:
    """A trigger that keeps a record, in a table of its own, of every row of another."""
    table, log, function = draw.table(old=True), f"New{draw.new('log')}", f"note_{draw.number}"
    when = draw.random.choice(["AFTER", "BEFORE"])
    return [
        f"CREATE TABLE {q(log)} (id bigserial PRIMARY KEY, made timestamptz NOT NULL DEFAULT now(),"
        " what text NOT NULL, of jsonb)",
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN INSERT INTO "
        f"{q(log)} (what, of) VALUES (TG_TABLE_NAME, to_jsonb(NEW)); RETURN NEW; END $f$",
        f"CREATE TRIGGER {function} {when} INSERT ON {q(table.name)} FOR EACH ROW "
        f"EXECUTE FUNCTION {function}()",
    ]


def secure_rows(draw: Draw) -> list[str]:
    table = draw.table(old=True)
    return [
        f"ALTER TABLE {q(table.name)} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY p{draw.number} ON {q(table.name)} USING (true) WITH CHECK (true)",
    ]


def put_view_in_place(draw: Draw) -> list[str]:
    """A table under another name, and a view of it under its own."""
    table = draw.table(old=True)
    hidden = f"New{draw.new('hidden')}"
    return [
        f"ALTER TABLE {q(table.name)} RENAME TO {q(hidden)}",
        f"CREATE VIEW {q(table.name)} AS SELECT * FROM {q(hidden)}",
    ]


# What may be refused, by name


def add_xml_column(draw: Draw) -> list[str]:
    """A type that not every server can hold values of."""
    return [_add(draw.table(), draw.new("xml"), "xml NOT NULL")]


def add_hard_check(draw: Draw) -> list[str]:
    """A check that nobody reads."""
    table, name = draw.table(), draw.new("hard")
    check = draw.random.choice(["{c} % 7 = 3", "{c} * {c} = 49", "{c} > (id IS NULL)::int + 5"])
    return [_add(table, name, f"integer NOT NULL CHECK ({check.format(c=q(name))})")]


def check_old_column(draw: Draw) -> list[str]:
    table = draw.table(old=True)
    texts = [c.name for c in table.columns if c.type == "text"]
    if not texts:
        return []
    column = q(draw.random.choice(texts))
    check = draw.random.choice(["length({c}) < 5", "{c} ~ '^x'", "{c} IS NULL", "{c} <> 'y'"])
    return [f"ALTER TABLE {q(table.name)} ADD CHECK ({check.format(c=column)})"]


def unique_old_column(draw: Draw) -> list[str]:
    table = draw.table(old=True)
    columns = [c for c in table.columns if c.type in ("text", "integer", "boolean")]
    if not columns:
        return []
    return [f"CREATE UNIQUE INDEX ON {q(table.name)} ({q(draw.random.choice(columns).name)})"]


def exclude_rows(draw: Draw) -> list[str]:
    """No two rows with the same value of a column, by an exclusion constraint."""
    table = draw.table()
    columns = [c.name for c in table.columns if c.type in ("text", "integer", "boolean")]
    if not columns:
        return []
    column = q(draw.random.choice(columns))
    return [f"ALTER TABLE {q(table.name)} ADD EXCLUDE USING btree ({column} WITH =)"]


def raise_in_trigger(draw: Draw) -> list[str]:
    table, function = draw.table(old=True), f"refuse_{draw.number}"
    return [
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        "$f$ BEGIN RAISE EXCEPTION 'not today'; END $f$",
        f"CREATE TRIGGER {function} BEFORE INSERT ON {q(table.name)} FOR EACH ROW "
        f"EXECUTE FUNCTION {function}()",
    ]


def require_circle(draw: Draw) -> list[str]:
    """Two tables that need each other's rows first."""
    one, two = f"New{draw.new('egg')}", f"New{draw.new('hen')}"
    deferrable = draw.random.choice(["", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"])
    table = draw.table(old=True)
    return [
        f"CREATE TABLE {q(one)} (id text PRIMARY KEY, made timestamp NOT NULL, "
        "other text NOT NULL)",
        f"CREATE TABLE {q(two)} (id text PRIMARY KEY, made timestamp NOT NULL, "
        f"other text NOT NULL REFERENCES {q(one)})",
        f"ALTER TABLE {q(one)} ADD FOREIGN KEY (other) REFERENCES {q(two)}{deferrable}",
        _add(table, draw.new("egg"), f"text NOT NULL REFERENCES {q(one)}"),
    ]


FRIENDLY: tuple[Mutation, ...] = (
    add_column, add_column, add_column, add_checked_column, add_unique_column,
    add_enum_column, add_domain_column, add_composite_column,
    add_vector_column, add_reference, add_reference, add_shared_reference, add_wide_reference,
    add_optional_columns, add_identity, add_soft_delete, add_generated_column, spell_columns,
    drop_column, drop_plain_column, rename_column, retype_column, retype_column, drop_default,
    retype_ids, number_rows, enum_to_text, enum_to_checked_text,
    enum_in_domain, text_to_enum, add_label, rename_label, remove_label,
    drop_table, add_table, add_table, add_parent_of_old, partition_table, add_partitions,
    move_to_inheritance, add_view_column, add_noting_trigger,
    rename_view_column, count_runs_of_others, add_materialized_view, drop_view, drop_function,
    drop_view_index, add_index, add_unique_index, rename_schema, add_filling_trigger,
)  # fmt: skip
"""After these a schema must be seeded."""

HOSTILE: tuple[Mutation, ...] = (
    add_hard_check, check_old_column, unique_old_column, exclude_rows, raise_in_trigger,
    require_circle, require_column, secure_rows, add_ordered_columns, add_xml_column,
    put_view_in_place,
)  # fmt: skip
"""After these it is seeded, or refused by name before a row is written."""


def _add(table: Table, name: str, definition: str) -> str:
    return f"ALTER TABLE {q(table.name)} ADD {q(name)} {definition}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _as_many(table: Table, parent: Table) -> bool:
    """Whether every row of the one can have a row of the other for itself."""
    return parent.name.startswith("New") or (table.name, parent.name) in {
        ("Profile", "User"), ("UserOnboarding", "User"), ("StoreListing", "AgentGraph"),
        ("AgentGraph", "AgentNode"), ("User", "Profile"), ("APIKey", "User"),
    }  # fmt: skip


def _reference(draw: Draw, name: str, parent: Table) -> list[str]:
    """A column, or several, that refer to the key of the parent."""
    if not parent.primary:
        return []
    types = {column.name: column.type for column in parent.columns}
    null = draw.random.choice(["NOT NULL", "NOT NULL", ""])
    names = [f"{name}{place}" for place in range(len(parent.primary))]
    columns = [f"{n} {types[key]} {null}" for n, key in zip(names, parent.primary, strict=True)]
    unique = [f"UNIQUE ({', '.join(names)})"] if draw.chance(0.2) else []
    action = draw.random.choice(["", " ON DELETE CASCADE", " DEFERRABLE INITIALLY DEFERRED"])
    key = f"FOREIGN KEY ({', '.join(names)}) REFERENCES {q(parent.name)}{action}"
    return [*columns, *unique, key]


def _retype(table: Table, column: Column, kind: str, through: str = "text") -> str:
    name = q(column.name)
    using = f"to_jsonb({name})" if kind == "jsonb" else f"{name}::{through}::{kind}"
    using = f"{name}::{kind}" if kind == "integer" else using
    return (
        f"ALTER TABLE {q(table.name)} ALTER {name} DROP DEFAULT, "
        f"ALTER {name} TYPE {kind} USING {using}"
    )


def _retype_enum(schema: Schema, enum: str, kind: str, fallback: str = "") -> list[str]:
    statements = []
    for table in schema.tables.values():
        for column in table.columns:
            bare = column.type.removesuffix("[]")
            if bare not in (enum, q(enum)) or column.generated:
                continue
            name, array = q(column.name), column.type[len(bare) :]
            statements.append(
                f"ALTER TABLE {q(table.name)} ALTER {name} DROP DEFAULT, "
                f"ALTER {name} TYPE {kind}{array} USING {name}::text{array}::{kind}{array}"
            )
    return statements


def _without_views(
    draw: Draw, statements: Sequence[str], *, enum: str = "", cast: str = ""
) -> list[str]:
    """The statements, with all views out of the way and made anew from their own definitions."""
    views = draw.schema.views
    drops = [
        f"DROP {'MATERIALIZED VIEW' if v.materialized else 'VIEW'} IF EXISTS {q(v.name)} CASCADE"
        for v in views
    ]
    return [*drops, *statements, *(text for view in views for text in _view(view, enum))]


def _view(view: View, enum: str) -> list[str]:
    definition = view.definition
    if enum:
        definition = re.sub(rf"::(?:\w+\.)?{re.escape(q(enum))}", "::text", definition)
    kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
    return [f"CREATE {kind} {q(view.name)} AS {definition}", *view.indexes]

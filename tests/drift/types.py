"""Types that a column can have, with checks that a value of the type can meet."""

from __future__ import annotations

SCALARS = (
    "smallint", "integer", "bigint", "numeric", "numeric(6,2)", "real", "double precision",
    "money", "text", "varchar(5)", "character(3)", "name", '"char"', "bytea", "boolean", "date",
    "time", "timetz", "timestamp(3)", "timestamptz", "interval", "uuid", "json", "jsonb", "inet",
    "cidr", "macaddr", "macaddr8", "bit(5)", "bit varying(9)", "tsvector", "tsquery", "point",
    "line", "lseg", "box", "path", "polygon", "circle", "int4range", "int8range", "numrange",
    "tsrange", "tstzrange", "daterange", "int4multirange", "datemultirange", "pg_lsn", "oid",
    "txid_snapshot", "jsonpath",
)  # fmt: skip

UNIQUE = (
    "smallint", "integer", "bigint", "numeric", "text", "varchar(9)", "bytea", "date",
    "timestamp(3)", "timestamptz", "interval", "uuid", "jsonb", "inet", "cidr", "macaddr",
    "bit(12)", "int4range", "text[]", "integer[]", "numeric(8,2)", "double precision", "time",
)  # fmt: skip
"""Types of which there are enough values, and an order."""

CHECKS = {
    "smallint": ("{c} > 0", "{c} BETWEEN 10 AND 20", "{c} IN (3, 5, 7)", "{c} <> 0"),
    "integer": ("{c} >= 18 AND {c} < 99", "{c} > 0", "{c} = ANY (ARRAY[1, 2, 3])"),
    "bigint": ("{c} > 1000000", "0 <= {c}"),
    "numeric": ("{c} > 0 AND {c} <= 1", "{c} BETWEEN 0.5 AND 0.75"),
    "numeric(6,2)": ("{c} >= 100", "{c} < 0"),
    "double precision": ("{c} BETWEEN -180 AND 180",),
    "text": (
        "length({c}) >= 3", "length({c}) <= 4", "{c} <> ''", "{c} ~ '^[a-z]+$'",
        "{c} IN ('red', 'green')", "{c} LIKE 'https://%'", "{c} = lower({c})",
        "char_length({c}) BETWEEN 5 AND 10", "{c} ~ '^[A-Z]{{2}}-[0-9]{{3}}$'",
        "{c} ~* '^[^@]+@[^@]+$'",
    ),
    "varchar(5)": ("{c} = upper({c})", "length({c}) > 2"),
    "date": ("{c} >= DATE '2020-01-01'", "{c} < '2100-01-01'"),
    "timestamp(3)": ("{c} > '2015-01-01'",),
    "jsonb": ("jsonb_typeof({c}) = 'object'", "jsonb_typeof({c}) = 'array'"),
    "text[]": ("cardinality({c}) > 0", "array_length({c}, 1) <= 3"),
    "boolean": ("{c}", "{c} IS TRUE", "NOT {c}"),
    "interval": ("{c} > '0'",),
    "uuid": ("{c} IS NOT NULL",),
}  # fmt: skip
"""Checks by type; `{c}` is the column."""

RETYPED = {
    "text": ("varchar(4000)", "varchar"),
    "integer": ("bigint", "smallint", "numeric"),
    "double precision": ("numeric", "real"),
    "timestamp(3) without time zone": ("timestamptz", "timestamp", "timestamp(6)", "date"),
    "jsonb": ("json", "text"),
    "boolean": ("integer", "text"),
    "text[]": ("varchar[]", "jsonb"),
}
"""Types into which a column of a type can be changed."""

"""The platform's tables and columns as SQL, by the names that a schema really uses.

The statements built from them hold names of any kind, so they go to the driver as they are:
SQLAlchemy's `text` would take a colon in a name for a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass

from autogpt_seed.binding.adapt import JSON_TYPES
from autogpt_seed.binding.finding import find_column, known_column, labels_of
from autogpt_seed.binding.labels import nearest_label
from autogpt_seed.catalog import Catalog, Column
from autogpt_seed.data_types import DataType, TypeKind
from autogpt_seed.database.sql import quote
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.quoting import literal
from autogpt_seed.rows import Field, Kind

LONG_AGO = "TIMESTAMP '2000-01-01'"
"""The time of whatever the schema has no time for."""


@dataclass(frozen=True)
class PlatformTable:
    """A table of the platform under an alias, for building statements.

    `remedy` is what the user can do where the table, or a column of it, is missing.
    """

    catalog: Catalog
    table: str
    alias: str
    remedy: str = "Name a schema of the AutoGPT Platform with a store: --schema NAME."

    @property
    def sql(self) -> str:
        """The table with its alias, as FROM takes it. Raises `DatabaseUnsuitable` without it."""
        self._check()
        return f"{quote(self.catalog.schema, self.table)} AS {self.alias}"

    @property
    def readable(self) -> bool:
        """Whether the table is there, and the role may read it."""
        table = self.catalog.tables.get(self.table)
        return table is not None and table.privileges.select

    def __getitem__(self, name: str) -> str:
        """A column. Raises `DatabaseUnsuitable` where the table lacks it."""
        return f"{self.alias}.{quote(self.column(name).name)}"

    def column(self, name: str) -> Column:
        """What is known of a column. Raises `DatabaseUnsuitable` where the table lacks it."""
        self._check()
        found = self.find(name)
        if found is None:
            raise self._lacks(f"column {name} of the table {self.table!r}")
        return found

    def find(self, name: str) -> Column | None:
        """What is known of a column; None where the table lacks it, or is not there."""
        table = self.catalog.tables.get(self.table)
        return known_column(table, name) if table else None

    def text(self, name: str) -> str:
        """A column as text, such as an id that may be a UUID."""
        return f"CAST({self[name]} AS text)"

    def get(self, name: str, otherwise: str) -> str:
        """A column, or an SQL expression for where the table lacks it."""
        return otherwise if self.find(name) is None else self[name]

    def flag(self, name: str, otherwise: str | None = None) -> str:
        """A flag as a boolean, of whatever type it is, or `otherwise` where the table lacks it.
        Raises `DatabaseUnsuitable` without either."""
        found = self.find(name)
        if found is None and otherwise is not None:
            return otherwise
        return flag_of(self[name], self.column(name).type.base)

    def texts(self, name: str) -> str:
        """A list of texts, from an array or from JSON; NULL where it is neither."""
        found = self.find(name)
        if found is None:
            return "NULL::text[]"
        return texts_of(self[name], found.type.base)

    def among(self, name: str, number: int) -> str:
        """The condition that a column has one of the texts of a parameter, so that an index
        serves."""
        of = self.column(name).type.base.text
        return f"{self[name]} = ANY(CAST(CAST(${number} AS text[]) AS {of}[]))"

    def set(self, name: str, text: str) -> str | None:
        """The assignment of a text to a column; None without it."""
        if (found := self.find(name)) is None or found.generated:
            return None
        return f"{quote(found.name)} = CAST({text} AS {found.type.text})"

    def instant(self, name: str) -> str:
        """A time as UTC without zone; `LONG_AGO` where it is NULL or the column holds no times."""
        found = self.find(name)
        moment = instant_of(self[name], found.type.base) if found else "NULL"
        return f"COALESCE({moment}, {LONG_AGO})"

    def has_label(self, name: str, label: str, otherwise: str = "true") -> str:
        """The condition that an enum, or a text or the key of a lookup table in its place, holds
        the label; without the column another one."""
        found = self._label(name, label)
        if found is None:
            return otherwise
        column, held = found
        return f"CAST({self.alias}.{quote(column.name)} AS text) = {held}"

    def set_label(self, name: str, label: str) -> str | None:
        """The assignment after which `has_label` holds; None without the column."""
        if (found := self._label(name, label)) is None:
            return None
        column, held = found
        return f"{quote(column.name)} = CAST({held} AS {column.type.text})"

    def labels(self, name: str, label: str) -> tuple[str, ...]:
        """All labels of the column that holds this one; empty where they are not known."""
        found = self._labelled(name, label)
        return found[1] if found else ()

    def _label(self, name: str, label: str) -> tuple[Column, str] | None:
        """The column, and what it holds for the label, as a literal."""
        if (found := self._labelled(name, label)) is None:
            return None
        column, labels = found
        nearest = nearest_label(label, labels) or label
        return column, literal(str(dict(column.known_keys).get(nearest, nearest)))

    def _labelled(self, name: str, label: str) -> tuple[Column, tuple[str, ...]] | None:
        """The column that holds the label, and all of its labels."""
        table, field = self.catalog.tables.get(self.table), Field(name, Kind.LABEL, labels=(label,))
        if table is None or (column := find_column(table, field)) is None:
            return None
        return column, labels_of(table, column)

    def _check(self) -> None:
        if self.table not in self.catalog.tables:
            raise self._lacks(f"the table {self.table!r}")

    def _lacks(self, what: str) -> DatabaseUnsuitable:
        return DatabaseUnsuitable(
            f"Schema {self.catalog.schema!r} lacks {what}, which this needs.",
            remedy=self.remedy,
        )


def instant_of(column: str, of: DataType) -> str:
    """A column of that type as UTC without zone; NULL where it holds no points in time."""
    forms = {"timestamp": "{}", "timestamptz": "({} AT TIME ZONE 'UTC')", "date": "{}::timestamp"}
    return forms.get(of.name, "NULL::timestamp").format(column)


def flag_of(column: str, of: DataType) -> str:
    """A column of that type as a boolean: numbers and texts may stand for true, too."""
    if of.name == "bool":
        return column
    return f"CAST({column} AS text) ~* '^(t|true|y|yes|on|1([.]0+)?)$'"


def texts_of(column: str, of: DataType) -> str:
    """A column of that type as a list of texts; NULL where it holds none."""
    if of.kind is TypeKind.ARRAY:
        return f"CAST({column} AS text[])"
    if of.name not in JSON_TYPES:
        return "NULL::text[]"
    document = f"CAST({column} AS jsonb)"
    return (
        f"CASE jsonb_typeof({document}) WHEN 'array' THEN "
        f"ARRAY(SELECT jsonb_array_elements_text({document})) END"
    )

"""The platform's tables and columns as SQL, by the names that a schema really uses.

The statements built from them hold names of any kind, so they go to the driver as they are:
SQLAlchemy's `text` would take a colon in a name for a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass

from autogpt_seed.binding.adapt import JSON_TYPES
from autogpt_seed.binding.finding import find_column, known_column, labels_of
from autogpt_seed.binding.labels import nearest_label
from autogpt_seed.catalog import Catalog, Column, DataType, TypeKind
from autogpt_seed.database.sql import quote
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.quoting import literal
from autogpt_seed.rows import Field, Kind


@dataclass(frozen=True)
class Source:
    """A table of the platform under an alias, for building statements."""

    catalog: Catalog
    table: str
    alias: str

    @property
    def sql(self) -> str:
        """The table with its alias, as FROM takes it. Raises `DatabaseUnsuitable` without it."""
        if self.table not in self.catalog.tables:
            raise self._lacks(f"the table {self.table!r}")
        return f"{quote(self.catalog.schema, self.table)} AS {self.alias}"

    def __getitem__(self, name: str) -> str:
        """A column. Raises `DatabaseUnsuitable` where the table lacks it."""
        return f"{self.alias}.{quote(self.column(name).name)}"

    def column(self, name: str) -> Column:
        """What is known of a column. Raises `DatabaseUnsuitable` where the table lacks it."""
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

    def texts(self, name: str) -> str:
        """A list of texts, from an array or from JSON; NULL where it is neither."""
        found = self.find(name)
        if found is None:
            return "NULL::text[]"
        return texts_of(self[name], found.type.base)

    def has_label(self, name: str, label: str, otherwise: str = "true") -> str:
        """The condition that an enum, or a text or the key of a lookup table in its place, holds
        the label; without the column another one."""
        table, field = self.catalog.tables.get(self.table), Field(name, Kind.LABEL, labels=(label,))
        if table is None or (column := find_column(table, field)) is None:
            return otherwise
        nearest = nearest_label(label, labels_of(table, column)) or label
        held = str(dict(column.known_keys).get(nearest, nearest))
        return f"CAST({self.alias}.{quote(column.name)} AS text) = {literal(held)}"

    def _lacks(self, what: str) -> DatabaseUnsuitable:
        return DatabaseUnsuitable(
            f"Schema {self.catalog.schema!r} lacks {what}, which this needs.",
            remedy="Name a schema of the AutoGPT Platform with a store: --schema NAME.",
        )


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

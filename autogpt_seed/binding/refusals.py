"""The errors of the binding: what cannot be filled, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from autogpt_seed.binding.draft import Draft, Drafts
from autogpt_seed.catalog import ForeignKey, Table
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.overrides import toml_key


def check_parents(draft: Draft, drafts: Drafts) -> None:
    """Raise `DatabaseUnsuitable` where a table requires rows of one that gets none."""
    for relation in draft.relations:
        if draft.count and not drafts[relation.parent].count:
            raise DatabaseUnsuitable(
                f'"{draft.name}" requires rows of "{relation.parent}", '
                "of which this plan makes none.",
                evidence=f'"{relation.key.name}": {relation.key.definition}.',
                remedy=f"Plan for some {relation.parent}, or override "
                f"[columns.{draft.name}] {', '.join(relation.columns)}.",
            )


def check_identity(table: Table) -> None:
    """Raise `DatabaseUnsuitable` where rows would refer to others and have no key of their own.

    Nobody could remove them, nor what they refer to.
    """
    if table.foreign_keys and not table.identity:
        raise DatabaseUnsuitable(
            f'"{table.name}" refers to rows of a run and has no key by which to remove its own.',
            evidence=f"{table.foreign_keys[0].definition}.",
            remedy="Give the table a primary key.",
        )


def no_parent(table: str, key: ForeignKey) -> DatabaseUnsuitable:
    """The error for a key to a table of which no rows can be made."""
    return DatabaseUnsuitable(
        f'"{table}" requires rows of "{key.schema}.{key.table}", which cannot be made.',
        evidence=f'"{key.name}": {key.definition}.',
        remedy=remedy_by_setting(table, key.columns),
    )


def unknown_value(table: str, key: ForeignKey, column: str) -> DatabaseUnsuitable:
    """The error for a key to a column that the database fills by itself."""
    return DatabaseUnsuitable(
        f'"{table}" refers to "{column}" of "{key.table}", whose values only the database knows.',
        evidence=f'"{key.name}": {key.definition}.',
        remedy=remedy_by_setting(table, key.columns),
    )


def remedy_by_setting(table: str, columns: Sequence[str]) -> str:
    """The remedy where only the user can say what is in these columns."""
    settings = " ".join(f"--set 'columns.{toml_key(table, name)}=VALUE'" for name in columns)
    return f"Set a value: {settings}."

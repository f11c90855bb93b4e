"""Texts as constants of SQL, where they cannot be bound: in DDL, in scripts, in conditions."""

from __future__ import annotations


def literal(value: str) -> str:
    """A constant of SQL, the same whether `standard_conforming_strings` is on or off."""
    quoted = "'" + value.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in value else quoted

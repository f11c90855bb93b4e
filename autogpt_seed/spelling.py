"""Names of columns, however they are spelt."""

from __future__ import annotations


def folded(name: str) -> str:
    """`created_at` and `createdAt` alike."""
    return name.replace("_", "").casefold()

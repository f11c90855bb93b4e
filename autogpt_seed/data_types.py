"""The types of columns, as the server's `pg_type` describes them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class TypeKind(Enum):
    """`pg_type.typtype`, with arrays told apart."""

    BASE = "b"
    COMPOSITE = "c"
    DOMAIN = "d"
    ENUM = "e"
    PSEUDO = "p"
    RANGE = "r"
    MULTIRANGE = "m"
    ARRAY = "array"


@dataclass(frozen=True)
class DataType:
    """The type of a column.

    `name` is the bare name in pg_type ("timestamp", "text", "OnboardingStep"; an array has its
    element's), `text` what `format_type` prints with the modifier ("timestamp(3) without time
    zone"). `element` belongs to arrays, ranges and domains (their base), `attributes` to
    composites, `labels` to enums in their order, `checks` to domains.
    """

    schema: str
    name: str
    text: str
    kind: TypeKind
    category: str
    modifier: int = -1
    element: DataType | None = None
    labels: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    not_null: bool = False
    attributes: tuple[tuple[str, DataType], ...] = ()

    @property
    def base(self) -> DataType:
        """What a domain, or a domain over a domain, is made of; other types are their own base."""
        return self.element.base if self.kind is TypeKind.DOMAIN and self.element else self

    @property
    def length(self) -> int | None:
        """The characters that a varchar or char takes at most; None where there is no limit.

        PostgreSQL's typmod of these two counts a header of 4 bytes with them.
        """
        limited = self.name in ("varchar", "bpchar") and self.modifier > 0
        return self.modifier - 4 if limited else None

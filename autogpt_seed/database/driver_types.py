"""What the driver knows of the types of the rows that it is to send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from autogpt_seed.binding import Bound

if TYPE_CHECKING:
    from autogpt_seed.database.copy import Driver


async def learn_types(driver: Driver, bounds: Iterable[Bound]) -> None:
    """Have the driver look up the types of all columns at once.

    Left to itself, it would look them up table by table, which takes the server some 8 ms each.
    """
    types = {
        bound.table.columns[name].type.text
        for bound in bounds
        if not bound.text
        for name in bound.columns
    }
    await driver.prepare(f"SELECT {', '.join(f'NULL::{text}' for text in sorted(types))}")


async def encode_json_natively(driver: Driver) -> None:
    """Take back SQLAlchemy's codec, which costs a call of Python for each document that is sent.

    Documents are read as texts on this connection from now on, so it must be nobody else's.
    """
    await driver.reset_type_codec("jsonb", schema="pg_catalog")

"""What the driver knows of the types of the rows that it is to send."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from struct import Struct

from autogpt_seed.binding import Bound
from autogpt_seed.binding.adapt import is_timestamp
from autogpt_seed.data_types import DataType
from autogpt_seed.database.loading.table import takes_copy
from autogpt_seed.database.target import Driver
from autogpt_seed.timestamps import moment


async def learn_types(driver: Driver, bounds: Iterable[Bound]) -> None:
    """Have the driver look up the types of all columns at once, and of the arrays of late ones.

    Left to itself, it would look them up table by table, which takes the server some 8 ms each.
    """
    types = set[str]()
    for bound in bounds:
        types.update(*(update.arrays for update in bound.updates))
        if not bound.text:
            types.update(found.text for found in _types(bound))
    await driver.prepare(f"SELECT {', '.join(f'NULL::{text}' for text in sorted(types))}")


async def encode_json_natively(driver: Driver) -> None:
    """Take back SQLAlchemy's codec, which costs a call of Python for each document that is sent.

    Documents are read as texts on this connection from now on, so it must be nobody else's.
    """
    await driver.reset_type_codec("jsonb", schema="pg_catalog")


def can_take_raw_times(bounds: Iterable[Bound]) -> bool:
    """Whether all timestamps of these rows could be sent as the numbers of `timestamps`.

    Rows in COPY's text form and those that are inserted have datetimes, as have arrays and
    domains of timestamps.
    """
    return all(
        takes_copy(bound.table)
        and not bound.text
        and not any(map(_made_of_timestamps, _types(bound)))
        for bound in bounds
    )


async def take_raw_times(driver: Driver) -> None:
    """Have the driver take timestamps as the numbers of `timestamps`, no longer as datetimes, which
    it still returns. The connection must be nobody else's."""
    for name, read in _TIMESTAMPS.items():
        await driver.set_type_codec(
            name, schema="pg_catalog", format="binary", encoder=_FORM.pack, decoder=read
        )


def _types(bound: Bound) -> list[DataType]:
    return [bound.table.columns[name].type for name in bound.columns]


def _made_of_timestamps(data_type: DataType) -> bool:
    element = data_type.element
    return element is not None and (is_timestamp(element) or _made_of_timestamps(element))


def _read(sent: bytes) -> datetime:
    return moment(_FORM.unpack(sent)[0])


def _read_zoned(sent: bytes) -> datetime:
    return _read(sent).replace(tzinfo=UTC)


_FORM = Struct("!q")
_TIMESTAMPS = {"timestamp": _read, "timestamptz": _read_zoned}

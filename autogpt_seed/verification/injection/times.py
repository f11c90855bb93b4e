"""When the rows that verify adds were made. Pure."""

from __future__ import annotations

from datetime import timedelta

from autogpt_seed.timestamps import MILLISECOND, timestamp
from autogpt_seed.verification.injection.ledger import Ledger

_LONG = timedelta(days=30 * 365)


def before(ledger: Ledger, milliseconds: int, *, old: bool = False) -> int:
    """So long before all this: no two times of a version are the same, for views to tell apart."""
    return when(ledger, old=old) - milliseconds * MILLISECOND


def when(ledger: Ledger, *, old: bool) -> int:
    """Now or, for what is `old`, thirty years ago."""
    return timestamp(ledger.now - _LONG if old else ledger.now)

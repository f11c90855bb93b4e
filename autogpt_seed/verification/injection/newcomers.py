"""The users whom verify adds, since no existing one may have such a profile, or lack one. Pure."""

from __future__ import annotations

from dataclasses import replace

from autogpt_seed.entities.accounts import PROFILE, PROFILE_KEYS, USER, USER_KEYS
from autogpt_seed.entities.pictures import image
from autogpt_seed.randomness import Stream
from autogpt_seed.rows import Kind, Record, Rows, fields, held
from autogpt_seed.timestamps import MILLISECOND, timestamp
from autogpt_seed.verification.injection.kinds import Owner
from autogpt_seed.verification.injection.ledger import Ledger

_EARLIER = 300 * MILLISECOND
"""How long before everything else they were made."""

_NOTHING: tuple[object, ...] = ("", [], None)


def new_users(ledger: Ledger) -> Rows:
    """The owners of listings who are new."""
    made = timestamp(ledger.now) - _EARLIER
    records = [
        (user, f"test-creator.{user[:8]}@example.com", f"Test Creator {n}", "{}", "", made, made)
        for n, user in enumerate(ledger.newcomers, 1)
    ]
    return replace(held("User", USER, records), keys=USER_KEYS)


def new_profiles(ledger: Ledger) -> Rows:
    """Their profiles, of those who have one."""
    columns = (*PROFILE, *fields(isFeatured=Kind.BOOLEAN))
    stream, ids = Stream(ledger.seed, "verify.Profile"), ledger.tag.ids("Profile").ascending()
    records = [
        _profile(ledger, next(ids), user, image(stream) if profile is Owner.FEATURED else None)
        for user, profile in ledger.newcomers.items()
        if profile is not Owner.UNPROFILED
    ]
    return replace(held("Profile", columns, records), keys=PROFILE_KEYS)


def _profile(ledger: Ledger, key: str, user: str, picture: str | None) -> Record:
    """A featured profile with everything in it, or without a picture an empty one."""
    made = timestamp(ledger.now) - _EARLIER
    name = f"test-creator-{user[:8]}"
    about = ("Made by autogpt-seed verify.", [picture], picture) if picture else _NOTHING
    return (key, user, "Test Creator", name, *about, made, made, bool(picture))

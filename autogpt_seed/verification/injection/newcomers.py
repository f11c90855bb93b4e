"""The users whom verify adds, since no existing one may have such a profile, or lack one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autogpt_seed.entities.accounts import PROFILE, PROFILE_KEYS, USER, USER_KEYS
from autogpt_seed.entities.pictures import image
from autogpt_seed.randomness import Stream
from autogpt_seed.rows import Kind, Record, Rows, fields, held
from autogpt_seed.verification.injection.kinds import Owner
from autogpt_seed.verification.injection.ledger import Ledger

_MUCH = 36
"""How many pictures a featured profile has, and how much longer its texts are."""


def new_users(ledger: Ledger) -> Rows:
    """The owners of listings who are new. One never verified the email address."""
    columns = (*USER, *fields(emailVerified=Kind.BOOLEAN))
    records = [
        (
            *(user, f"test-creator.{user[:8]}@example.com", f"Test Creator {n}", "{}", ""),
            *[_joined(ledger, owner)] * 2,
            owner is not Owner.PLAIN,
        )
        for n, (user, owner) in enumerate(ledger.newcomers.items(), 1)
    ]
    return replace(held("User", columns, records), keys=USER_KEYS)


def new_profiles(ledger: Ledger) -> Rows:
    """Their profiles, of those who have one."""
    columns = (*PROFILE, *fields(isFeatured=Kind.BOOLEAN))
    stream, ids = Stream(ledger.seed, "verify.Profile"), ledger.tag.ids("Profile").ascending()
    pictures = [image(stream) for _ in range(_MUCH)]
    records = [
        (
            *(next(ids), user, *_profile(user, pictures if owner is Owner.FEATURED else [])),
            *[_joined(ledger, owner)] * 2,
            owner is Owner.FEATURED,
        )
        for user, owner in ledger.newcomers.items()
        if owner is not Owner.UNPROFILED
    ]
    return replace(held("Profile", columns, records), keys=PROFILE_KEYS)


def username_of(user: str) -> str:
    """The username in the profile of a new user."""
    return f"test-creator-{user[:8]}"


def _profile(user: str, pictures: Sequence[str]) -> Record:
    """Name, username, description, links and picture; the more pictures, the longer the texts."""
    much = len(pictures)
    about = " ".join(["Made by autogpt-seed verify."] * much)
    name = "Test Creator" + " and More" * (much // 3)
    return (name, username_of(user), about, pictures, pictures[0] if pictures else None)


def _joined(ledger: Ledger, owner: Owner) -> int:
    """Before everything else."""
    return ledger.time(300, old=owner is Owner.PLAIN)

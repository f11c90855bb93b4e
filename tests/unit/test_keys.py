"""API keys: the platform's formats, secret, and hashed beside the work."""

from __future__ import annotations

import hashlib
import re
import tracemalloc
from concurrent.futures import CancelledError
from itertools import count
from typing import Any

import pytest

from autogpt_seed.entities import api_keys
from autogpt_seed.entities.accounts import raw_api_keys
from autogpt_seed.entities.api_keys import KeyRing
from autogpt_seed.entities.capabilities import Capabilities
from autogpt_seed.entities.world import World
from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Plan
from tests.unit.worlds import AS_OF, make_tables, make_world

TAG = RunTag("0123456789abcde")


def ring_of(*, salted: bool = True, tag: RunTag = TAG, **settings: Any) -> KeyRing:
    return KeyRing.of(Plan(as_of=AS_OF, **settings), tag, salted=salted)


def raws(ring: KeyRing) -> list[str]:
    return [ring.raw(ordinal) for ordinal in range(len(ring))]


def test_a_raw_key_is_a_prefix_and_43_characters_and_shows_8_at_either_end() -> None:
    with ring_of(users=300, api_key_hash="sha256") as ring:
        assert len(ring) == 300
        for ordinal, raw in enumerate(raws(ring)):
            assert re.fullmatch(r"agpt_[A-Za-z0-9_-]{43}", raw)
            key = ring.stored(ordinal)
            assert (key.head, key.tail) == (raw[:8], raw[-8:])
        assert len(set(raws(ring))) == 300


def test_the_slow_hash_is_the_platforms_scrypt() -> None:
    with ring_of(users=2, api_key_hash="scrypt") as ring:
        for ordinal, raw in enumerate(raws(ring)):
            key = ring.stored(ordinal)
            assert key.salt is not None
            assert re.fullmatch("[0-9a-f]{64}", key.salt)
            salt = bytes.fromhex(key.salt)
            digest = hashlib.scrypt(raw.encode(), salt=salt, n=16384, r=8, p=1, dklen=32)
            assert key.hash == digest.hex()
        assert ring.stored(0).salt != ring.stored(1).salt


@pytest.mark.parametrize("plan", [{"api_key_hash": "sha256"}, {"salted": False}])
def test_the_older_form_has_no_salt(plan: dict[str, Any]) -> None:
    with ring_of(users=3, **plan) as ring:
        for ordinal, raw in enumerate(raws(ring)):
            key = ring.stored(ordinal)
            assert key.salt is None
            assert key.hash == hashlib.sha256(raw.encode()).hexdigest()


def test_without_a_salt_in_the_schema_not_even_a_wish_for_scrypt_gives_one() -> None:
    with ring_of(users=1, api_key_hash="scrypt", salted=False) as ring:
        assert ring.stored(0).salt is None


def test_auto_hashes_the_first_hundred_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "scrypt", lambda *_: b"\1" * 32)
    with ring_of(users=103) as ring:
        salted = [ring.stored(ordinal).salt is not None for ordinal in range(103)]
    assert salted == [True] * 100 + [False] * 3


def test_many_slow_hashes_each_belong_to_their_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "scrypt", lambda raw, salt: hashlib.sha256(raw + salt).digest())
    with ring_of(users=2345, api_key_hash="scrypt") as ring:
        sum(ring.hashed())
        for ordinal, raw in enumerate(raws(ring)):
            key = ring.stored(ordinal)
            salt = bytes.fromhex(key.salt or "")
            assert key.hash == hashlib.sha256(raw.encode() + salt).hexdigest()


def test_a_seed_does_not_make_the_keys_guessable() -> None:
    with ring_of(users=9, salted=False) as one, ring_of(users=9, salted=False) as other:
        assert not set(raws(one)) & set(raws(other))


def test_deterministic_keys_are_the_same_for_one_run_and_differ_between_runs() -> None:
    settings: dict[str, Any] = {"users": 1, "deterministic_keys": True}
    with ring_of(**settings) as one, ring_of(**settings) as same:
        assert raws(one) == raws(same)
        assert one.stored(0) == same.stored(0)
    others: list[dict[str, Any]] = [{"tag": RunTag("f" * 15)}, {"seed": 43}]
    for other in others:
        with ring_of(**settings, salted=False, **other) as ring:
            assert raws(ring) != raws(one)


def test_closing_does_not_wait_for_the_hashes_that_are_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed, scrypt = count(), api_keys.scrypt

    def counted(raw: bytes, salt: bytes) -> bytes:
        next(hashed)
        return scrypt(raw, salt)

    monkeypatch.setattr(api_keys, "scrypt", counted)
    ring = ring_of(users=1_500, api_key_hash="scrypt")
    ring.close()
    assert next(hashed) < 750
    with pytest.raises(CancelledError):
        ring.stored(1_499)
    with pytest.raises(CancelledError):
        sum(ring.hashed())


def test_many_keys_take_little_memory() -> None:
    tracemalloc.start()
    with ring_of(users=100_000, api_key_hash="scrypt"):
        size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 10_000_000


def test_a_key_shows_in_no_repr() -> None:
    world = make_world(users=1)
    raw = world.keys.raw(0)
    for thing in (world, world.keys, world.keys.__dict__.keys(), world.keys.stored(0)):
        assert raw not in repr(thing)


def test_raw_keys_come_with_the_email_of_their_user() -> None:
    world = make_world(users=5)
    emails = [row["email"] for row in make_tables(world)["User"]]
    pairs = list(raw_api_keys(world))
    assert [email for email, _ in pairs] == emails
    assert [raw for _, raw in pairs] == raws(world.keys)


def test_the_hash_is_unique_over_two_runs_with_deterministic_keys() -> None:
    plan = Plan(users=9, as_of=AS_OF, deterministic_keys=True, api_key_hash="sha256")
    hashes = set()
    for number in range(2):
        tag = RunTag.of(plan.digest(), plan.seed, "", number)
        with KeyRing.of(plan, tag, salted=True) as ring:
            world = World(plan, tag, Capabilities(), ring)
            hashes |= {row["hash"] for row in make_tables(world)["APIKey"]}
    assert len(hashes) == 18


def test_hashing_begins_before_anything_is_known_of_the_run() -> None:
    with KeyRing(Plan(users=2, api_key_hash="scrypt")) as ring:
        sum(ring.hashed())
        early = [ring.stored(ordinal) for ordinal in range(2)]
        ring.settle(TAG, salted=True)
        assert [ring.stored(ordinal) for ordinal in range(2)] == early
        assert all(key.salt for key in early)


def test_hashes_that_the_schema_cannot_hold_are_dropped() -> None:
    with KeyRing(Plan(users=1_500, api_key_hash="scrypt")) as ring:
        ring.settle(TAG, salted=False)
        sum(ring.hashed())
        assert {ring.stored(ordinal).salt for ordinal in (0, 1_499)} == {None}


def test_keys_that_depend_on_the_run_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[bytes] = []

    def scrypt(raw: bytes, _salt: bytes) -> bytes:
        hashed.append(raw)
        return b"\1" * 32

    monkeypatch.setattr(api_keys, "scrypt", scrypt)
    with KeyRing(Plan(users=3, deterministic_keys=True)) as ring:
        sum(ring.hashed())
        assert not hashed
        ring.settle(TAG, salted=True)
        sum(ring.hashed())
        assert sorted(raw.decode() for raw in hashed) == sorted(raws(ring))

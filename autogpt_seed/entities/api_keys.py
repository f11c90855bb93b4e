"""API keys: drawn from the operating system's randomness, hashed beside the work on the database.

The forms are the platform's own: a raw key is `agpt_` and 32 bytes in URL-safe base64. Its hash is
scrypt with a salt or, in the older form, which the platform still accepts, SHA-256 without.
"""

from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Self

from autogpt_seed.ids import RunTag
from autogpt_seed.plan import Plan

PREFIX = "agpt_"
HEAD = TAIL = 8
"""How many characters of a raw key are kept readable at either end."""

_AUTO_SCRYPT = 100
"""How many keys of a run have the slow hash with `api_key_hash = "auto"`."""

_BYTES = 32
_MOST_JOBS = 1_000
_MOST_THREADS = 8  # each scrypt takes 16 MiB


@dataclass(frozen=True)
class StoredKey:
    """What the platform keeps of an API key. `salt` is None in the form without one."""

    head: str
    tail: str
    salt: str | None
    hash: str


class KeyRing:
    """The API keys of one run, one for each user, by ordinal.

    Hashing starts at once, in threads, before anything is known of the run or its schema, unless
    the keys depend on the run, which `settle` names. `close`, or the end of a `with` block, stops
    it after the hashes that have begun. A key takes some 100 bytes of memory. The raw keys appear
    in no repr, log or error.
    """

    def __init__(self, plan: Plan) -> None:
        slow = {"auto": min(_AUTO_SCRYPT, plan.users), "scrypt": plan.users, "sha256": 0}
        self._plan, self._count = plan, plan.users
        self._slow = slow[plan.api_key_hash]
        self._closed = Event()
        self._job = max(1, -(-self._slow // _MOST_JOBS))
        self._pool = ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS), "api-keys")
        self._hashes: list[Future[list[bytes]]] = []
        if not plan.deterministic_keys:
            self._begin(None)

    @classmethod
    def of(cls, plan: Plan, tag: RunTag, *, salted: bool) -> Self:
        """The keys of a run, settled."""
        ring = cls(plan)
        ring.settle(tag, salted=salted)
        return ring

    def settle(self, tag: RunTag, *, salted: bool) -> None:
        """Make the keys those of the run `tag`. Without `salted`, its schema has no column for the
        salt, and no key has the slow hash."""
        if not salted:
            self._closed.set()
            self._slow, self._hashes = 0, []
        if self._plan.deterministic_keys:
            self._begin(f"{self._plan.seed}|{tag}")

    def _begin(self, origin: str | None) -> None:
        self._secrets = _bytes("keys", origin, self._count)
        self._salts = _bytes("salts", origin, self._slow)
        self._hashes = [
            self._pool.submit(self._hash, range(start, min(start + self._job, self._slow)))
            for start in range(0, self._slow, self._job)
        ]

    def __len__(self) -> int:
        return self._count

    def raw(self, ordinal: int) -> str:
        """The raw key: a secret."""
        secret = self._secrets[ordinal * _BYTES : (ordinal + 1) * _BYTES]
        return PREFIX + urlsafe_b64encode(secret).rstrip(b"=").decode()

    def stored(self, ordinal: int) -> StoredKey:
        """What is stored of the key. Waits for its hash where that is not done yet; raises
        `CancelledError` where the ring was closed before."""
        raw = self.raw(ordinal)
        if ordinal >= self._slow:
            digest = hashlib.sha256(raw.encode()).hexdigest()
            return StoredKey(raw[:HEAD], raw[-TAIL:], None, digest)
        hashes = self._hashes[ordinal // self._job].result()
        digest = hashes[ordinal % self._job].hex()
        return StoredKey(raw[:HEAD], raw[-TAIL:], self._salt(ordinal).hex(), digest)

    @property
    def slow(self) -> int:
        """How many of the keys have the slow hash."""
        return self._slow

    def hashed(self) -> Iterator[int]:
        """Wait for the slow hashes. Yields how many more are done, until all are. Raises
        `CancelledError` where the ring was closed."""
        for hashes in self._hashes:
            yield len(hashes.result())

    def close(self) -> None:
        """Stop hashing."""
        self._closed.set()
        self._pool.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _salt(self, ordinal: int) -> bytes:
        return self._salts[ordinal * _BYTES : (ordinal + 1) * _BYTES]

    def _hash(self, ordinals: range) -> list[bytes]:
        return [self._scrypt(ordinal) for ordinal in ordinals]

    def _scrypt(self, ordinal: int) -> bytes:
        if self._closed.is_set():
            raise CancelledError
        return scrypt(self.raw(ordinal).encode(), self._salt(ordinal))


def scrypt(raw: bytes, salt: bytes) -> bytes:
    """The platform's slow hash of a raw key: N = 2**14, r = 8, p = 1. Lets other threads run."""
    # Half again as quick as that of `hashlib`. To import it takes as long as a hash.
    from Crypto.Protocol.KDF import scrypt as derive

    return derive(raw, salt, _BYTES, N=2**14, r=8, p=1)


def _bytes(purpose: str, origin: str | None, count: int) -> bytes:
    """Random bytes for `count` keys, from the operating system or, if given one, from `origin`."""
    if origin is None:
        return os.urandom(count * _BYTES)
    return hashlib.shake_256(f"api {purpose}|{origin}".encode()).digest(count * _BYTES)

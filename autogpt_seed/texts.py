"""Names and texts of a marketplace of agents, from pools that are shipped as package data.

`data/*.txt` hold one entry a line. A pool is named like its file; the entries of the files
`frames_*.txt` are sentences with slots, each filled from the pool that it names, so that a
few hundred phrases make many millions of texts. All texts are printable ASCII, and depend on
nothing but the stream and these files: a change there changes the rows of every seed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from autogpt_seed.randomness import Stream

CATEGORIES = (
    "automation",
    "data",
    "design",
    "development",
    "education",
    "entertainment",
    "finance",
    "health",
    "legal",
    "marketing",
    "news",
    "personal",
    "productivity",
    "recruiting",
    "research",
    "sales",
    "shopping",
    "social",
    "support",
    "travel",
    "writing",
)
"""The categories of listings in the store."""

MAXIMUM_SENTENCE = 120
MAXIMUM_COMMENT = 100
MAXIMUM_BIOGRAPHY = 140
"""No text of these kinds has more characters."""

_DATA = Path(__file__).parent / "data"  # importlib.resources would take 10 ms to get there
_SLOT = re.compile(r"\{(\w+)\}")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")

Pool = tuple[str, ...]
Frame = tuple[str, tuple[tuple[str, Pool], ...]]
"""A %-template and, for each of its slots, the name and the pool."""

_NO_TOPIC: Mapping[str, str] = {}
_TOPIC = ("audience", "chore", "fact", "result", "source")
"""The slots that keep their value through a paragraph."""

_PARAGRAPHS = (
    ("frames_detail", "frames_benefit", "frames_closing"),
    ("frames_detail", "frames_closing", "frames_benefit"),
    ("frames_benefit", "frames_detail", "frames_closing"),
    ("frames_benefit", "frames_closing"),
    ("frames_closing", "frames_detail"),
)
"""What may follow the headline of a paragraph."""


def first_name(stream: Stream) -> str:
    """A first name, such as `Maria`."""
    return stream.pick(_pool("first_names"))


def last_name(stream: Stream) -> str:
    """A last name, such as `Novak`."""
    return stream.pick(_pool("last_names"))


def word(stream: Stream) -> str:
    """A lower-case word of 4 to 10 letters."""
    return stream.pick(_pool("words"))


def words(stream: Stream, count: int) -> str:
    """`count` words with a blank between them."""
    return " ".join([word(stream) for _ in range(count)])


def title(stream: Stream) -> str:
    """The name of an agent: exactly three words, such as `Invoice Summary Builder`."""
    return _fill(stream, "frames_title")


def sentence(stream: Stream) -> str:
    """What an agent does, in one sentence of at most `MAXIMUM_SENTENCE` characters."""
    return _fill(stream, "frames_headline")


def paragraph(stream: Stream, maximum: int) -> str:
    """The description of an agent, one to four sentences that speak of the same things.

    It has at most `maximum` characters and ends with a sentence, or, where not even the first
    one fits, with a word.
    """
    topic = {slot: stream.pick(_pool(slot)) for slot in _TOPIC}
    text = _fill(stream, "frames_headline", topic)
    for kind in stream.pick(_PARAGRAPHS):
        longer = f"{text} {_fill(stream, kind, topic)}"
        if len(longer) > maximum:
            break
        text = longer
    return text if len(text) <= maximum else _cut(text, maximum)


def biography(stream: Stream) -> str:
    """How creators of agents present themselves, in at most `MAXIMUM_BIOGRAPHY` characters."""
    return _fill(stream, "frames_biography")


def comment(stream: Stream, score: int = 5) -> str:
    """The comment of a review that gives `score` of 5, in at most `MAXIMUM_COMMENT` characters."""
    mood = "happy" if score > 3 else "mixed" if score == 3 else "unhappy"
    return _fill(stream, f"frames_{mood}")


def slug(text: str) -> str:
    """`text` for a URL: lower-case ASCII letters and digits, single hyphens between the words.

    Accents are dropped. What has no such character gives an empty string.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-")


def _fill(stream: Stream, kind: str, topic: Mapping[str, str] = _NO_TOPIC) -> str:
    """A frame of this kind with its slots filled, those that `topic` names with its values."""
    random = stream.random
    frames = _frames(kind)
    template, slots = frames[int(random() * len(frames))]
    values = {slot: pool[int(random() * len(pool))] for slot, pool in slots}
    return template % {**values, **topic}


def _cut(text: str, maximum: int) -> str:
    """The beginning of `text` that ends with a whole word, or inside the first one."""
    return text[: maximum + 1].rpartition(" ")[0].rstrip(",") or text[:maximum]


@cache
def _frames(kind: str) -> tuple[Frame, ...]:
    return tuple(
        (_SLOT.sub(r"%(\1)s", frame), tuple((slot, _pool(slot)) for slot in _SLOT.findall(frame)))
        for frame in _pool(kind)
    )


@cache
def _pool(name: str) -> Pool:
    return tuple((_DATA / f"{name}.txt").read_text("ascii").splitlines())

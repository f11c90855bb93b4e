"""Names and texts of a marketplace of agents, from pools that are shipped as package data.

`data/*.txt` hold one entry a line. A pool is named like its file; the entries of the files
`frames_*.txt` are sentences with slots, each filled from the pool that it names, so that a
few hundred phrases make many millions of texts. What the texts of one agent must agree on is
drawn once, as its `Topic`, from `data/topics.txt`: the first block there is for all agents, each
other one for those of one subject. A line lists what its slots can hold; slots that go together,
such as `task/chore`, are drawn together. All texts are printable ASCII, and depend on nothing but
what is drawn and these files: a change there changes the rows of every seed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
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

Topic = Mapping[str, str]
"""What one agent is about: its `name`, and a value for each slot that its texts must agree on."""

Pool = tuple[str, ...]
Frame = tuple[str, tuple[tuple[str, Pool], ...]]
"""A %-template and, for each of its slots that a topic does not fill, the name and the pool."""

Choices = tuple[dict[str, str], ...]
"""Values of which one is drawn, each of a slot or of several that go together."""

_NO_TOPIC: Topic = {}

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


def topic(number: int) -> Topic:
    """What an agent is about. Nearly every number below 2**53 gives another topic.

    Its `name` has exactly three words, such as `Invoice Summary Builder`, and its `categories` are
    those of the store that suit it, with blanks between them.
    """
    subjects = _subjects()
    about = dict(_blank())  # one that need not grow is filled in half the time
    number, place = divmod(number, len(subjects))
    for choices in subjects[place]:
        number, place = divmod(number, len(choices))
        about.update(choices[place])
    names = _frames("frames_title")
    about["name"] = names[number % len(names)][0] % about
    return about


def other_categories(stream: Stream, present: Sequence[str]) -> list[str]:
    """Three categories that suit some agent to which those `present` suit as well, but not the same
    three. Any three, where those present suit no agent."""
    suitable = [every for every in _suitable() if set(every).issuperset(present)]
    every = stream.pick(suitable or [CATEGORIES])
    others = [three for three in combinations(every, 3) if set(three) != set(present)]
    return list(stream.pick(others))


def any_topic(stream: Stream) -> Topic:
    """The topic of a random agent."""
    return topic(int(stream.random() * 2**53))


def title(stream: Stream) -> str:
    """The name of a random agent: exactly three words, such as `Invoice Summary Builder`."""
    return any_topic(stream)["name"]


def preset_title(stream: Stream, about: Topic) -> str:
    """The name of a preset for an agent: three words, such as `Quick Invoice Setup`."""
    return _fill(stream, "frames_preset", about)


def sentence(stream: Stream, about: Topic | None = None) -> str:
    """What an agent does, in one sentence of at most `MAXIMUM_SENTENCE` characters.

    Without a topic it is about a random one.
    """
    return _fill(stream, "frames_headline", about or any_topic(stream))


def sentences(stream: Stream, about: Topic) -> Iterator[str]:
    """Different sentences about one agent, some hundreds of them."""
    told: set[str] = set()
    while True:
        text = sentence(stream, about)
        if text not in told:
            told.add(text)
            yield text


def paragraph(stream: Stream, maximum: int, about: Topic) -> str:
    """The description of an agent, one to four sentences.

    It has at most `maximum` characters and ends with a sentence, or, where not even the first
    one fits, with a word.
    """
    text = _fill(stream, "frames_headline", about)
    for kind in stream.pick(_PARAGRAPHS):
        longer = f"{text} {_fill(stream, kind, about)}"
        if len(longer) > maximum:
            break
        text = longer
    return text if len(text) <= maximum else _cut(text, maximum)


def biography(stream: Stream, about: Topic | None = None) -> str:
    """How creators of agents present themselves, in at most `MAXIMUM_BIOGRAPHY` characters.

    Without the topic of one of their agents it is about any.
    """
    return _fill(stream, "frames_biography", about or any_topic(stream))


def comment(stream: Stream, score: int, about: Topic | None = None) -> str:
    """The comment of a review that gives `score` of 5, in at most `MAXIMUM_COMMENT` characters.

    Without the topic of the agent it fits any: it names nothing that only some agents work with.
    """
    mood = "happy" if score > 3 else "mixed" if score == 3 else "unhappy"
    return _fill(stream, f"frames_{mood}", about or _NO_TOPIC)


def message(stream: Stream) -> str:
    """A message in a chat about a random agent, by a user or the assistant."""
    return _fill(stream, "frames_message", any_topic(stream))


def search(stream: Stream) -> str:
    """What somebody may search the store for, such as `invoice summary`."""
    about = any_topic(stream)
    return f"{about['title_source']} {about['title_result']}".lower()


def slug(text: str) -> str:
    """`text` for a URL: lower-case ASCII letters and digits, single hyphens between the words.

    Accents are dropped. What has no such character gives an empty string.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-")


def _fill(stream: Stream, kind: str, about: Topic) -> str:
    """A frame of this kind, filled; without a topic, one that has no slot for it."""
    random, values = stream.random, dict(about)
    frames = _frames(kind) if about else _neutral_frames(kind)
    template, slots = frames[int(random() * len(frames))]
    for slot, pool in slots:
        values[slot] = pool[int(random() * len(pool))]
    return template % values


def _cut(text: str, maximum: int) -> str:
    """The beginning of `text` that ends with a whole word, or inside the first one."""
    return text[: maximum + 1].rpartition(" ")[0].rstrip(",") or text[:maximum]


@cache
def _frames(kind: str) -> tuple[Frame, ...]:
    return tuple(
        (
            _SLOT.sub(r"%(\1)s", frame),
            tuple((slot, _pool(slot)) for slot in _SLOT.findall(frame) if slot not in _blank()),
        )
        for frame in _pool(kind)
    )


@cache
def _neutral_frames(kind: str) -> tuple[Frame, ...]:
    """The frames without a slot that a topic fills."""
    pairs = zip(_pool(kind), _frames(kind), strict=True)
    return tuple(frame for text, frame in pairs if _blank().keys().isdisjoint(_SLOT.findall(text)))


@cache
def _pool(name: str) -> Pool:
    return tuple(_read(name).splitlines())


@cache
def _subjects() -> tuple[tuple[Choices, ...], ...]:
    """For each subject the choices that make up a topic."""
    common, *others = (
        [_choices(line) for line in block.splitlines()] for block in _read("topics").split("\n\n")
    )
    shared = _paired(common)
    return tuple(shared + _paired(block) for block in others)


@cache
def _suitable() -> tuple[Pool, ...]:
    """The categories of each subject."""
    subjects = range(len(_subjects()))
    return tuple(tuple(topic(number)["categories"].split()) for number in subjects)


@cache
def _blank() -> Topic:
    """Each slot that a topic fills, with nothing in it."""
    return dict.fromkeys(["name", *(slot for choices in _subjects()[0] for slot in choices[0])], "")


def _paired(every: Sequence[Choices]) -> tuple[Choices, ...]:
    """Each two as one with all combinations, since a topic is then made in half the time."""
    return tuple(
        tuple(one | other for one in first for other in second)
        for first, second in zip(every[::2], every[1::2], strict=True)
    )


def _choices(line: str) -> Choices:
    """`task/chore: ask/asking, tell/telling` -> two to choose from, each with its two slots."""
    slots, _, entries = line.partition(": ")
    names = slots.split("/")
    return tuple(dict(zip(names, e.split("/"), strict=True)) for e in entries.split(", "))


def _read(name: str) -> str:
    return (_DATA / f"{name}.txt").read_text("ascii")

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from itertools import islice

import pytest

from autogpt_seed import texts
from autogpt_seed.randomness import Scattered, Stream

MAKERS: dict[str, Callable[[Stream], str]] = {
    "first_name": texts.first_name,
    "last_name": texts.last_name,
    "category": lambda stream: stream.pick(texts.CATEGORIES),
    "word": texts.word,
    "words": lambda stream: texts.words(stream, 4),
    "title": texts.title,
    "sentence": texts.sentence,
    "paragraph": lambda stream: texts.paragraph(stream, 200, texts.any_topic(stream)),
    "preset": lambda stream: texts.preset_title(stream, texts.any_topic(stream)),
    "biography": texts.biography,
    "happy comment": lambda stream: texts.comment(stream, 5, texts.any_topic(stream)),
    "mixed comment": lambda stream: texts.comment(stream, 3, texts.any_topic(stream)),
    "unhappy comment": lambda stream: texts.comment(stream, 1, texts.any_topic(stream)),
    "message": texts.message,
    "search": texts.search,
    "comment of anything": lambda stream: texts.comment(stream, stream.integer(1, 5)),
}
GOLDEN = "ecb7a80af74975190fed908d478d1e0733c5bce2fe5eeeac3ac6af45e3d96efc"


def make(kind: str, count: int, seed: int = 42) -> list[str]:
    stream = Stream(seed, kind)
    return [MAKERS[kind](stream) for _ in range(count)]


def longest(frame: str) -> int:
    """The length of the longest text that the frame can make of one subject."""
    names, fixed = re.findall(r"\{(\w+)\}", frame), len(re.sub(r"\{\w+\}", "", frame))
    free = [name for name in names if name not in all_slots()]
    about = [name for name in names if name in all_slots()]
    rest = max(sum(max(map(len, slots[name])) for name in about) for slots in subjects())
    return fixed + rest + sum(max(map(len, pool(name))) for name in free)


def pool(name: str) -> list[str]:
    """What can stand in a slot, or the lines of a file."""
    return sorted(all_slots().get(name, [])) or read(name).splitlines()


def read(name: str) -> str:
    return files("autogpt_seed").joinpath("data", f"{name}.txt").read_text("ascii")


Slots = dict[str, set[str]]


@cache
def subjects() -> list[Slots]:
    """For each subject what the slots of its topics can hold."""
    common, *others = map(slots_of, read("topics").split("\n\n"))
    return [common | other for other in others]


@cache
def all_slots() -> Slots:
    """What the slots of topics can hold, whatever the subject."""
    return {name: set().union(*(slots[name] for slots in subjects())) for name in subjects()[0]}


def slots_of(block: str) -> Slots:
    slots: Slots = {}
    for line in block.splitlines():
        names, _, entries = line.partition(": ")
        for entry in entries.split(", "):
            for name, value in zip(names.split("/"), entry.split("/"), strict=True):
                slots.setdefault(name, set()).add(value)
    return slots


def pool_names() -> list[str]:
    folder = files("autogpt_seed").joinpath("data")
    return sorted(path.name.removesuffix(".txt") for path in folder.iterdir() if path.is_file())


def test_the_texts_of_a_seed_never_change() -> None:
    lines = [text for kind in MAKERS for text in make(kind, 200)]
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == GOLDEN


def test_another_seed_makes_other_texts() -> None:
    assert make("sentence", 20, seed=1) != make("sentence", 20, seed=2)


@pytest.mark.parametrize("kind", MAKERS)
def test_texts_are_printable_ascii_without_stray_blanks_or_slots(kind: str) -> None:
    for text in make(kind, 2000):
        assert re.fullmatch(r"[!-~]+( [!-~]+)*", text)
        assert not re.search(r"[{}%<>\"\\]", text)


@pytest.mark.parametrize(
    ("kind", "share"),
    [
        ("sentence", 0.99),
        ("paragraph", 0.99),
        ("title", 0.9),
        ("biography", 0.9),
        ("happy comment", 0.85),
        ("mixed comment", 0.7),
        ("unhappy comment", 0.8),
        ("preset", 0.6),
    ],
)
def test_texts_rarely_repeat(kind: str, share: float) -> None:
    assert len(set(make(kind, 10_000))) > share * 10_000


def test_a_page_of_listings_shows_no_sentence_twice() -> None:
    sentences = make("sentence", 50_000)
    for start in range(0, len(sentences), 20):
        assert len(set(sentences[start : start + 20])) == 20


@pytest.mark.parametrize("kind", ["sentence", "paragraph", "biography", "happy comment"])
def test_sentences_begin_with_a_capital_and_end_with_a_stop(kind: str) -> None:
    for text in make(kind, 2000):
        for sentence in re.split(r"(?<=[.!]) ", text):
            assert re.fullmatch(r"[A-Z].*[.!]", sentence), text


@pytest.mark.parametrize("kind", ["sentence", "paragraph", "biography", "happy comment"])
def test_no_word_stands_twice_in_a_row(kind: str) -> None:
    repeated = [text for text in make(kind, 5000) if re.search(r"\b(\w+)\W+\1\b", text.lower())]
    assert not repeated


def test_a_title_has_three_words_of_different_stems() -> None:
    for title in make("title", 10_000) + make("preset", 10_000):
        assert len({word[:6] for word in title.split(" ")}) == 3, title
        assert title.istitle()


def test_words_gives_as_many_as_asked_for() -> None:
    stream = Stream(1, "words")
    assert [len(texts.words(stream, count).split()) for count in range(6)] == list(range(6))


@pytest.mark.parametrize("maximum", [1, 5, 20, 60, 100, 200, 400, 1000])
def test_a_paragraph_stays_within_its_maximum_and_ends_with_a_whole_word(maximum: int) -> None:
    for seed in range(300):
        about = texts.topic(seed * 10**12)
        text = texts.paragraph(Stream(seed, "paragraph"), maximum, about)
        longer = texts.paragraph(Stream(seed, "paragraph"), 1000, about)
        assert 0 < len(text) <= maximum
        assert longer.startswith(text)
        if maximum >= texts.MAXIMUM_SENTENCE:
            assert text.endswith(".")
        elif " " in text:
            assert longer[len(text)] in " ,"


@pytest.mark.parametrize(
    ("kind", "maximum"),
    [
        ("headline", texts.MAXIMUM_SENTENCE),
        ("biography", texts.MAXIMUM_BIOGRAPHY),
        ("happy", texts.MAXIMUM_COMMENT),
        ("mixed", texts.MAXIMUM_COMMENT),
        ("unhappy", texts.MAXIMUM_COMMENT),
        ("message", texts.MAXIMUM_SENTENCE),
    ],
)
def test_no_frame_can_make_a_text_above_its_limit(kind: str, maximum: int) -> None:
    assert max(longest(frame) for frame in pool(f"frames_{kind}")) <= maximum


def test_a_comment_of_a_review_fits_the_score() -> None:
    praise = tuple(pool("praise"))
    regret = tuple(pool("regret"))
    for score in range(1, 6):
        stream = Stream(score, "comments")
        comments = [texts.comment(stream, score) for _ in range(500)]
        assert any(text.startswith(praise) for text in comments) == (score > 3)
        assert any(text.startswith(regret) for text in comments) == (score < 3)


MOST = 2**53 - 1


@pytest.mark.parametrize("number", [0, 1, 10**9, 10**12 + 7, MOST])
def test_the_same_number_is_the_same_topic_and_each_slot_of_it_is_filled(number: int) -> None:
    about = texts.topic(number)
    assert about == texts.topic(number)
    assert set(about) == {"name", *all_slots()}
    assert all(about.values())


def test_topics_are_of_every_subject_and_of_many_names() -> None:
    numbers = Scattered(42, "topic")
    topics = [texts.topic(numbers[n]) for n in range(10_000)]
    for slot in ("source", "when", "place", "audience"):
        assert {about[slot] for about in topics} == set(pool(slot))
    assert len({about["name"] for about in topics}) > 9_000


def test_a_name_tells_what_the_agent_works_on_or_what_it_makes() -> None:
    numbers = Scattered(1, "topic")
    for n in range(2_000):
        about = texts.topic(numbers[n])
        assert {about["title_source"], about["title_result"]} & set(about["name"].split())


def any_of(*slots: str) -> re.Pattern[str]:
    """What finds each value of these slots."""
    values = "|".join(value for slot in slots for value in pool(slot))
    return re.compile(rf"\b(?:{values})\b")


def test_what_is_said_of_one_agent_names_nothing_that_belongs_to_another() -> None:
    strange = any_of("source", "result", "chore", "audience", "when", "place", "saving", "setup")
    stream, numbers = Stream(1, "agents"), Scattered(1, "agents")
    for n in range(500):
        about = texts.topic(numbers[n])
        said = [texts.sentence(stream, about), texts.paragraph(stream, 1_000, about)]
        said += [texts.comment(stream, score, about) for score in (1, 3, 5)]
        told = " ".join(said)
        for value in about.values():
            told = told.replace(value, "")
        assert not strange.findall(told), said


def test_a_comment_without_a_topic_names_no_product() -> None:
    stream, product = Stream(1, "comments"), any_of("source", "result", "chore", "audience")
    for score in range(1, 6):
        for text in (texts.comment(stream, score) for _ in range(500)):
            assert not product.findall(text)


@pytest.mark.parametrize("mood", ["happy", "mixed", "unhappy"])
def test_comments_without_a_topic_are_of_four_forms_at_least(mood: str) -> None:
    slots = [set(re.findall(r"\{(\w+)\}", frame)) for frame in pool(f"frames_{mood}")]
    assert sum(names.isdisjoint(all_slots()) for names in slots) >= 4


def test_sentences_about_one_agent_are_different_and_about_the_same() -> None:
    about = texts.topic(4_711)
    said = list(islice(texts.sentences(Stream(1, "sentences"), about), 100))
    assert len(set(said)) == 100
    words = [about[slot] for slot in ("source", "result", "chore", "task")]
    assert all(any(word in text for word in words) for text in said)


def test_every_subject_fills_the_same_slots_and_names_known_categories() -> None:
    assert all(slots.keys() == subjects()[0].keys() for slots in subjects())
    suitable = [names.split() for names in all_slots()["categories"]]
    assert all(len(set(names)) == len(names) >= 3 for names in suitable)
    assert {name for names in suitable for name in names} == set(texts.CATEGORIES)


def test_no_entry_of_a_topic_is_listed_twice_on_its_line() -> None:
    for line in filter(None, read("topics").splitlines()):
        entries = line.partition(": ")[2].split(", ")
        assert len(set(entries)) == len(entries), line
        assert all(entry == entry.strip() != "" for entry in entries), line


@pytest.mark.parametrize("name", sorted({*pool_names()} - {"topics"}))
def test_a_pool_has_no_empty_padded_or_double_entry(name: str) -> None:
    entries = pool(name)
    assert [entry for entry in entries if entry != entry.strip() or not entry] == []
    doubles = [entry for entry, count in Counter(entries).items() if count > 1]
    assert doubles in ([], ["{title_source} {title_result} {title_role}"])


def test_every_slot_of_a_frame_has_a_pool_and_every_pool_a_use() -> None:
    names = set(pool_names())
    frames = [frame for name in names if name.startswith("frames_") for frame in pool(name)]
    slots = {slot for frame in frames for slot in re.findall(r"\{(\w+)\}", frame)}
    phrases = {name for name in names if not name.startswith("frames_")}
    drawn_alone = phrases - {"first_names", "last_names", "words", "topics"}
    assert slots == drawn_alone | (set(all_slots()) - {"categories"})


def test_no_pool_holds_an_unpleasant_word() -> None:
    unpleasant = re.compile(
        r"\b(damn|hell|sex\w*|kill\w*|die[sd]?|dead|death|gun|rape|nazi|shit|fuck\w*|ass|crap|"
        r"idiot|stupid|hate\w*|bomb|drug\w*|cancer|war|weapon|suicide|whore|bitch|slave)\b",
        re.IGNORECASE,
    )
    assert [
        entry for name in pool_names() for entry in pool(name) if unpleasant.search(entry)
    ] == []


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Invoice Summary Builder", "invoice-summary-builder"),
        ("  Crème brûlée & Co. -- 2!  ", "creme-brulee-co-2"),
        ("日本", ""),
        ("", ""),
    ],
)
def test_a_slug_is_lower_case_ascii_with_single_hyphens(text: str, slug: str) -> None:
    assert texts.slug(text) == slug

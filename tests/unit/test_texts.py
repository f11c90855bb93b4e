from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from importlib.resources import files

import pytest

from autogpt_seed import texts
from autogpt_seed.randomness import Stream

MAKERS: dict[str, Callable[[Stream], str]] = {
    "first_name": texts.first_name,
    "last_name": texts.last_name,
    "category": lambda stream: stream.pick(texts.CATEGORIES),
    "word": texts.word,
    "words": lambda stream: texts.words(stream, 4),
    "title": texts.title,
    "sentence": texts.sentence,
    "paragraph": lambda stream: texts.paragraph(stream, 200),
    "biography": texts.biography,
    "happy comment": lambda stream: texts.comment(stream, 5),
    "mixed comment": lambda stream: texts.comment(stream, 3),
    "unhappy comment": lambda stream: texts.comment(stream, 1),
}
GOLDEN = "53c35a62dbdae4a66b78b9d947af554ce86418a43dbc714c1b4b31f1a450af7e"


def make(kind: str, count: int, seed: int = 42) -> list[str]:
    stream = Stream(seed, kind)
    return [MAKERS[kind](stream) for _ in range(count)]


def longest(frame: str) -> int:
    """The length of the longest text that the frame can make."""
    slots = re.findall(r"\{(\w+)\}", frame)
    return len(re.sub(r"\{\w+\}", "", frame)) + sum(max(map(len, pool(slot))) for slot in slots)


def pool(name: str) -> list[str]:
    return files("autogpt_seed").joinpath("data", f"{name}.txt").read_text("ascii").splitlines()


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
    for title in make("title", 10_000):
        assert len({word[:6] for word in title.split(" ")}) == 3
        assert title.istitle()


def test_words_gives_as_many_as_asked_for() -> None:
    stream = Stream(1, "words")
    assert [len(texts.words(stream, count).split()) for count in range(6)] == list(range(6))


@pytest.mark.parametrize("maximum", [1, 5, 20, 60, 100, 200, 400, 1000])
def test_a_paragraph_stays_within_its_maximum_and_ends_with_a_whole_word(maximum: int) -> None:
    for seed in range(300):
        text = texts.paragraph(Stream(seed, "paragraph"), maximum)
        longer = texts.paragraph(Stream(seed, "paragraph"), 1000)
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


@pytest.mark.parametrize("name", pool_names())
def test_a_pool_has_no_empty_padded_or_double_entry(name: str) -> None:
    entries = pool(name)
    assert [entry for entry in entries if entry != entry.strip() or not entry] == []
    doubles = [entry for entry, count in Counter(entries).items() if count > 1]
    assert doubles in ([], ["{title_topic} {title_object} {title_role}"])


def test_every_slot_of_a_frame_has_a_pool_and_every_pool_a_use() -> None:
    names = set(pool_names())
    frames = [frame for name in names if name.startswith("frames_") for frame in pool(name)]
    slots = {slot for frame in frames for slot in re.findall(r"\{(\w+)\}", frame)}
    phrases = {name for name in names if not name.startswith("frames_")}
    assert slots == phrases - {"first_names", "last_names", "words"}


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

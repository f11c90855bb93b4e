"""Texts: of the form that a column's name suggests, within its type and checks."""

from __future__ import annotations

import string
from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

from autogpt_seed import texts
from autogpt_seed.binding.fill.checks import Limits
from autogpt_seed.binding.fill.expressions import Unreadable
from autogpt_seed.binding.fill.patterns import matches, matching
from autogpt_seed.binding.fill.values import HUGE, FilledColumn, Unfillable, Values, listed
from autogpt_seed.randomness import Stream

_DIGITS = string.digits + string.ascii_lowercase
_CODE = 12
"""The digits of a code that makes a text unique: 36¹² is more than `HUGE`."""

_POOL = 500


@cache
def _pool(make: Callable[[Stream], str]) -> tuple[str, ...]:
    """Some hundred different texts, always the same."""
    stream = Stream(0, f"fill|{make.__name__}")
    return tuple(dict.fromkeys(make(stream) for _ in range(_POOL)))


def _person(stream: Stream) -> str:
    return f"{texts.first_name(stream)} {texts.last_name(stream)}"


def _slug(stream: Stream) -> str:
    return f"{texts.word(stream)}-{texts.word(stream)}"


def _remark(stream: Stream) -> str:
    return texts.comment(stream, 3, texts.any_topic(stream))


def _complaint(stream: Stream) -> str:
    return texts.comment(stream, 1, texts.any_topic(stream))


def _colour(stream: Stream) -> str:
    return f"{stream.integer(0, 0xFFFFFF):06x}"


def _token(stream: Stream) -> str:
    return "".join(stream.pick(_DIGITS) for _ in range(_CODE))


class _Form(NamedTuple):
    """How a text is written: `plain` where {0} is one of the heads; `more` with a code as {1}."""

    heads: Callable[[], tuple[str, ...]]
    plain: str
    more: str


_WORDS = partial(_pool, texts.word)
_CODED = _Form(partial(_pool, _token), "{0}", "{0}{1}")
_WORD = _Form(_WORDS, "{0}", "{0}-{1}")
_TITLE = _Form(partial(_pool, texts.title), "{0}", "{0} {1}")
_SENTENCE = _Form(partial(_pool, texts.sentence), "{0}", "{0} ({1})")
_REMARK = _Form(partial(_pool, _remark), "{0}", "{0} ({1})")
_COMPLAINT = _Form(partial(_pool, _complaint), "{0}", "{0} ({1})")
_MESSAGE = _Form(partial(_pool, texts.message), "{0}", "{0} ({1})")
_SEARCH = _Form(partial(_pool, texts.search), "{0}", "{0} {1}")
_SPEAKER = _Form(lambda: ("user", "assistant"), "{0}", "{0}-{1}")
_PERSON = _Form(partial(_pool, _person), "{0}", "{0} {1}")
_EMAIL = _Form(_WORDS, "{0}@example.com", "{0}.{1}@example.com")
_URL = _Form(_WORDS, "https://{0}.example.com/", "https://{0}.example.com/{1}")
_SLUG = _Form(partial(_pool, _slug), "{0}", "{0}-{1}")
_COLOUR = _Form(partial(_pool, _colour), "#{0}", "#{0}{1}")
_ZONE = _Form(lambda: ("UTC", "Europe/Paris", "America/New_York", "Asia/Tokyo"), "{0}", "{0}-{1}")
_LANGUAGE = _Form(lambda: ("en", "de", "fr", "es", "ja"), "{0}", "{0}-{1}")

_HINTS: tuple[tuple[tuple[str, ...], _Form], ...] = (
    (("email",), _EMAIL),
    (("url", "uri", "website", "link", "href"), _URL),
    (("slug", "username", "handle"), _SLUG),
    (("timezone", "time_zone"), _ZONE),
    (("language", "locale"), _LANGUAGE),
    (("colour", "color"), _COLOUR),
    (("firstname", "lastname", "fullname", "displayname"), _PERSON),
    (("title", "name", "label", "subject"), _TITLE),
    (("query", "term"), _SEARCH),
    (("comment", "feedback"), _REMARK),
    (("reason",), _COMPLAINT),
    (("message", "instruction", "note", "question", "answer", "prompt"), _MESSAGE),
    (("description", "content", "summary", "body", "text", "bio"), _SENTENCE),
    (("token", "secret", "hash", "code", "key", "salt", "checksum"), _CODED),
)
"""The form for a name that contains one of these parts; the first that fits."""

_IN_MESSAGES = {"role": _SPEAKER, "content": _MESSAGE, "text": _MESSAGE, "body": _MESSAGE}
"""What these names ask for in a table of messages."""

_SHOWN = frozenset({_TITLE, _SENTENCE, _PERSON, _SEARCH, _REMARK, _COMPLAINT, _MESSAGE})

_FORMS = (_WORD, _SLUG, _EMAIL, _URL, _CODED, _TITLE, _SENTENCE, _COLOUR)
"""The forms that are tried where a check requires a pattern, before a text is made for it."""


def texts_for(filled: FilledColumn, limits: Limits, most: int | None) -> Values:
    """Texts of at most `most` characters, in the form that the column's name suggests."""
    limits = limits.shorter(most)
    if limits.choices is not None:
        return listed([text for text in limits.choices if text not in limits.excluded])
    hinted = _hinted(filled.column, filled.table)
    if limits.patterns:
        return _patterned(hinted, limits)
    for form in (hinted, _WORD):
        values = _written(form, limits)
        if values is not None:
            return values
    return _codes(limits)


def is_shown(column: str) -> bool:
    """Whether a column of that name holds what a screen shows: a title, a name, a text."""
    return _hinted(column) in _SHOWN


def _hinted(column: str, table: str = "") -> _Form:
    name = column.lower()
    if "message" in table.lower() and name in _IN_MESSAGES:
        return _IN_MESSAGES[name]
    return next((form for parts, form in _HINTS if any(part in name for part in parts)), _WORD)


def code(number: int, width: int = 0) -> str:
    """The number with digits and small letters, filled with zeros to `width`."""
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits.rjust(width, "0")


def _patterned(hinted: _Form, limits: Limits) -> Values:
    for form in (hinted, *_FORMS):
        values = _written(form, limits)
        if values is not None and matches(limits.patterns, values):
            return values
    try:
        return matching(limits.patterns, limits.most)
    except Unreadable:
        raise Unfillable(f"must match {' and '.join(limits.patterns)}") from None


def _written(form: _Form, limits: Limits) -> Values | None:
    """All heads as they are, then again with codes; None where a few codes would be too long."""
    heads = form.heads()
    longest = max(map(len, heads)) + len(form.more.format("", ""))
    room = _CODE if limits.most is None else min(_CODE, limits.most - longest)
    if room < _CODE // 2:
        return None

    def at(number: int) -> str:
        round_, index = divmod(number, len(heads))
        if round_ == 0:
            return form.plain.format(heads[index])
        return form.more.format(heads[index], code(round_))

    size = min(HUGE, len(heads) * len(_DIGITS) ** room)
    return _finished(Values(at, size, usual=len(heads)), limits)


def _codes(limits: Limits) -> Values:
    """Codes of one width, where there is no room for words."""
    width = min(_CODE, limits.most if limits.most is not None else _CODE)
    if width == 0:
        return _finished(listed([""]), limits)
    size = min(len(_DIGITS) ** width, HUGE)
    return _finished(Values(lambda n: code(n, width), size, usual=size), limits)


def _finished(values: Values, limits: Limits) -> Values:
    """Long enough, and in the case that a check wants."""
    if limits.most is not None and limits.least > limits.most:
        raise Unfillable(f"must be longer than {limits.most} characters and is not")
    fold: Callable[[str], str] = {"lower": str.lower, "upper": str.upper}.get(limits.case, str)
    least, at = limits.least, values.at
    if not least and not limits.case:
        return values
    return Values(lambda n: fold(at(n)).ljust(least, "."), values.size, values.usual)

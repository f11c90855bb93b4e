"""Which label stands for one that an enum lacks."""

from __future__ import annotations

from difflib import get_close_matches

STAND_INS: dict[str, tuple[str, ...]] = {
    "APPROVED": ("PUBLISHED", "ACCEPTED", "ACTIVE", "LIVE"),
    "PENDING": ("SUBMITTED", "IN_REVIEW", "WAITING", "DRAFT", "DAFT"),
    "REJECTED": ("DECLINED", "DENIED", "PENDING"),
    "COMPLETED": ("SUCCESS", "SUCCEEDED", "FINISHED", "DONE"),
    "TOP_UP": ("TOPUP", "PURCHASE", "CREDIT", "GRANT"),
    "USAGE": ("SPEND", "DEBIT", "CHARGE"),
    "ACTIVE": ("ENABLED", "VALID"),
    "EXECUTE_GRAPH": ("RUN_GRAPH", "EXECUTE_AGENT"),
    "READ_GRAPH": ("READ_AGENT",),
}
"""What may stand for a label, best first."""


def nearest_label(label: str, labels: tuple[str, ...]) -> str | None:
    """The label of an enum that stands for `label`: itself, else the same but for case and
    punctuation, else a listed stand-in, else the most alike, else the first. None if it has none.
    """
    if label in labels:
        return label
    plain = {_plain(candidate): candidate for candidate in labels}
    for name in (label, *STAND_INS.get(label.upper(), ())):
        if _plain(name) in plain:
            return plain[_plain(name)]
    close = get_close_matches(_plain(label), plain, n=1)
    return plain[close[0]] if close else next(iter(labels), None)


def _plain(label: str) -> str:
    return "".join(character for character in label.casefold() if character.isalnum())

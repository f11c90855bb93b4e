"""Makes the pools of names and words of `autogpt_seed/data` with Faker: run once, then committed.

Run it again only to change the pools on purpose: the rows of every seed change with them, and
Faker's words differ between its releases. The phrases and frames beside them are written by hand.

    python scripts/make_text_pools.py
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from faker import Faker

DATA = Path(__file__).parent.parent / "autogpt_seed" / "data"
LOCALES = ["en_US", "en_GB", "en_IN", "de_DE", "es_ES", "fr_FR", "it_IT", "nl_NL", "pt_BR", "fi_FI"]
NAME = re.compile(r"[A-Z][a-z]{2,11}")
WORD = re.compile(r"[a-z]{4,10}")
UNWANTED = frozenset((Path(__file__).parent / "unwanted_words.txt").read_text("ascii").split())
"""Words of Faker's that say nothing as a name, or nothing pleasant."""


def draw(make: Callable[[], str], pattern: re.Pattern[str], size: int) -> list[str]:
    """`size` different values of `make` that match `pattern`, sorted."""
    found: set[str] = set()
    while len(found) < size:
        value = make()
        if pattern.fullmatch(value) and value not in UNWANTED:
            found.add(value)
    return sorted(found)


def write(name: str, entries: list[str]) -> None:
    (DATA / f"{name}.txt").write_text("\n".join(entries) + "\n", "ascii")


def main() -> None:
    Faker.seed(42)
    people, english = Faker(LOCALES), Faker("en_US")
    # Looking a method up picks the locale, so it is looked up anew for each name.
    write("first_names", draw(lambda: people.first_name(), NAME, 600))
    write("last_names", draw(lambda: people.last_name(), NAME, 900))
    write("words", draw(english.word, WORD, 500))


if __name__ == "__main__":
    main()

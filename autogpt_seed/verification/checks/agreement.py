"""Whether the views of one database count by the same rules. Pure.

Each view by itself may follow a rule that is known; two that follow different ones show different
numbers for the same agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from autogpt_seed.verification.checks.rules import ReviewRule, Rule, RunRule
from autogpt_seed.verification.report import Check, Outcome


@dataclass(frozen=True)
class CountingRule:
    """A rule that explains what a view counts, and `others` that explain it as well, each of which
    is tried only when it is asked for. None of them raises a doubt."""

    view: str
    rule: Rule
    others: Iterator[Rule]


@dataclass(frozen=True)
class Judgement:
    """The checks of a view, and the rules by which it counts rows of the tables itself."""

    checks: tuple[Check, ...]
    counted: tuple[CountingRule, ...] = ()

    def with_checks(self, further: Iterable[Check]) -> Judgement:
        """These, and further checks of the view."""
        return replace(self, checks=(*self.checks, *further))


def check_agreement(counted: Iterable[CountingRule]) -> Iterator[Check]:
    """That some rule explains all views that count runs, and one all that count reviews."""
    counted = list(counted)
    for kind, what in ((RunRule, "runs"), (ReviewRule, "reviews")):
        those = [one for one in counted if isinstance(one.rule, kind)]
        if len({one.rule.name for one in those}) > 1 and not _common(those):
            evidence = tuple(f"{one.view}: {one.rule.name}." for one in those)
            title = f"The views count {what} by different rules"
            remedy = "Let all of them count by the same rule, unless this is intended."
            yield Check("store.agreement", title, Outcome.WARNING, evidence, remedy)


def _common(those: Sequence[CountingRule]) -> set[str]:
    """The rules that explain all of them."""
    return set.intersection(
        *({one.rule.name, *(other.name for other in one.others)} for one in those)
    )

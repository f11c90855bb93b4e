"""Whether a view counts runs or reviews as the base tables do, and if not, by what rule. Pure.

A view is judged twice: by its whole contents, and by what the injected rows changed in it.
Contents that differ while every change is right are a rule of the view's own; a change that is
wrong is a fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from autogpt_seed.comparison import Comparison, Row, Snapshot, compare, same
from autogpt_seed.database.market import Tallies, Tally
from autogpt_seed.store_views import Measured
from autogpt_seed.verification.report import Check, Outcome

_NOTHING = Tally(0)


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of counting that is known to be right, with its tallies before and after injecting."""

    name: str
    before: Tallies
    after: Tallies

    def gains(self) -> dict[str, Tally]:
        """What the injected rows added to each key that they touched."""
        return {
            key: Tally(tally.count - old.count, tally.total - old.total)
            for key, tally in self.after.items()
            if tally != (old := self.before.get(key, _NOTHING))
        }


def check_counting(
    measured: Measured, rules: Sequence[Rule], before: Snapshot | None, after: Snapshot
) -> Check:
    """Judge a view by its definition, evaluated before (if it could be) and after injecting.

    `rules` are tried in turn; the first is how the platform's first versions count.
    """
    name = measured.view.name
    if not measured.figures:
        return Check(
            "view.counts",
            f"{name}: no column can be recognised as a count or mean",
            Outcome.INCONCLUSIVE,
            (f"Its columns: {', '.join(measured.view.columns)}.",),
            "Compare it by hand with the base tables.",
            name,
        )
    found = figures_of(after, measured)
    differences = [compare(_expected(rule.after, measured), found) for rule in rules]
    for rule, difference in zip(rules, differences, strict=True):
        if difference.equal:
            return _right(name, rule, difference)
    if measured.count is None or before is None:
        return _wrong(name, rules[0], differences[0])
    was = figures_of(before, measured)
    changes = [compare(_shifted(was, rule, measured), _without_empty(found)) for rule in rules]
    if any(change.equal for change in changes):
        return _own_rule(name, rules[0], differences[0])
    return _wrong(name, rules[0], changes[0])


def figures_of(snapshot: Snapshot, measured: Measured) -> Snapshot:
    """The columns with the figures alone."""
    places = [snapshot.columns.index(name) for name in measured.figures]
    rows = {
        key: tuple(tuple(row[place] for place in places) for row in rows)
        for key, rows in snapshot.rows.items()
    }
    return Snapshot(measured.figures, rows)


def _right(name: str, rule: Rule, comparison: Comparison) -> Check:
    gains = rule.gains()
    added = sum(gain.count for gain in gains.values())
    evidence = (
        f"Counts {rule.name}: {comparison.compared} keys as in the base tables.",
        f"{len(gains)} keys changed, by {added} together, as injected.",
    )
    return Check("view.counts", f"{name} counts right", Outcome.PASSED, evidence, "", name)


def _own_rule(name: str, rule: Rule, comparison: Comparison) -> Check:
    return Check(
        "view.counts",
        f"{name} counts differently, by a rule of its own",
        Outcome.WARNING,
        (
            "What was added is counted right; what was there before is not all counted.",
            f"Against {rule.name}: {comparison.describe()[0]}",
            *comparison.describe()[1:],
        ),
        f"Look at the definition of {name}, if this is not meant.",
        name,
    )


def _wrong(name: str, rule: Rule, comparison: Comparison) -> Check:
    return Check(
        "view.counts",
        f"{name} counts wrongly",
        Outcome.FAILED,
        (f"It should count {rule.name}.", *comparison.describe()),
        f"Correct the definition of {name}.",
        name,
    )


def _expected(tallies: Tallies, measured: Measured) -> Snapshot:
    rows = {key: (_row(tally, measured),) for key, tally in tallies.items()}
    return Snapshot(measured.figures, rows)


def _row(tally: Tally, measured: Measured) -> Row:
    mean = Fraction(tally.total, tally.count) if tally.count else None
    values = {measured.count: tally.count, measured.mean: mean}
    return tuple(values[name] for name in measured.figures)


def _shifted(was: Snapshot, rule: Rule, measured: Measured) -> Snapshot:
    """What the view held before, plus what was added; without the keys that count nothing."""
    rows: dict[str, tuple[Row, ...]] = dict(was.rows)
    for key, gain in rule.gains().items():
        old = rows.get(key, ())
        if gain.count and len(old) <= 1:
            base = rule.before.get(key, _NOTHING)
            rows[key] = (_grown(old[0] if old else None, base, gain, measured),)
    return _without_empty(Snapshot(was.columns, rows))


def _grown(old: Row | None, base: Tally, gain: Tally, measured: Measured) -> Row:
    """A row with a gain: counted anew where it was as in the base tables, else reckoned."""
    if old is None:
        return _row(gain, measured)
    if all(map(same, _row(base, measured), old)):
        return _row(base.plus(gain), measured)
    count = int(old[0] or 0)
    total = count * float(old[-1] or 0) + gain.total
    return (count + gain.count, total / (count + gain.count))[: len(old)]


def _without_empty(snapshot: Snapshot) -> Snapshot:
    """Without the rows whose count, the first of their figures, is zero."""
    rows = {key: rows for key, rows in snapshot.rows.items() if any(row[0] for row in rows)}
    return Snapshot(snapshot.columns, rows)

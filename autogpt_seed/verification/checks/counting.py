"""Whether a view counts runs or reviews as the base tables do, and by which rule. Pure.

The whole contents decide, after rows were injected that tell the rules apart. What no rule
explains is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from autogpt_seed.comparison import Comparison, Row, Snapshot, Value, compare
from autogpt_seed.database.views.market import Market, Tally
from autogpt_seed.store_views import FigureColumns
from autogpt_seed.verification.checks.agreement import CountingRule, Judgement
from autogpt_seed.verification.checks.doubts import check_types
from autogpt_seed.verification.checks.rules import RUN_RULES, Rule, RunRule, mean, review_rules
from autogpt_seed.verification.report import Check, Outcome

_Counted = Iterable[tuple[Rule, Mapping[str, Tally]]]


def check_run_counts(columns: FigureColumns, market: Market, found: Snapshot) -> Judgement:
    """Judge what the view of run counts holds, or its definition says: for each graph, or for each
    version of one."""
    if columns.version and any(len(rows) > 1 for rows in found.rows.values()):
        by_version = ((rule, _named(rule.tally_versions(market))) for rule in RUN_RULES)
        return _check(columns, _by_version(found, columns.version), by_version)
    return _check(columns, found, ((rule, rule.tally(market)) for rule in RUN_RULES))


def check_review_stats(columns: FigureColumns, market: Market, found: Snapshot) -> Judgement:
    """Judge what the view of review statistics holds, or its definition says, for each listing."""
    return _check(columns, found, ((rule, rule.tally(market)) for rule in review_rules(market)))


def _named(tallies: Mapping[tuple[str, int], Tally]) -> dict[str, Tally]:
    return {_version_key(*key): tally for key, tally in tallies.items()}


def _by_version(found: Snapshot, column: str) -> Snapshot:
    """The rows of each graph by the version that the column tells."""
    index = found.columns.index(column)
    rows: dict[str, list[Row]] = defaultdict(list)
    for graph, those in found.rows.items():
        for row in those:
            rows[_version_key(graph, row[index])].append(row)
    return Snapshot(found.columns, {key: tuple(those) for key, those in rows.items()})


def _version_key(graph: str, version: Value) -> str:
    return f"{graph}, version {version}"


def _check(columns: FigureColumns, found: Snapshot, counted: _Counted) -> Judgement:
    name = columns.view.name
    if not columns.figures:
        return Judgement((_unknown(columns),))
    figures = _figures(found, columns)
    unfit = check_types("view.counts", columns.view, columns.unfit)
    tried: list[tuple[Rule, Comparison]] = []
    comparisons = ((rule, _compare(rule, tallies, columns, figures)) for rule, tallies in counted)
    for rule, comparison in comparisons:
        if comparison.equal:
            others = (other for other, c in comparisons if c.equal and not other.doubt)
            sure_of = () if rule.doubt else (CountingRule(name, rule, others),)
            return Judgement((_right(name, rule, comparison), *_doubt(name, rule), *unfit), sure_of)
        tried.append((rule, comparison))
    sure = (one for one in tried if not one[0].doubt)
    return Judgement((_wrong(name, *min(sure, key=lambda one: one[1].different)), *unfit))


def _compare(
    rule: Rule, tallies: Mapping[str, Tally], columns: FigureColumns, found: Snapshot
) -> Comparison:
    """A graph that nobody runs may be missing or stand there with zero; a listing may not."""
    rows = {key: (_row(tally, columns),) for key, tally in tallies.items()}
    expected = Snapshot(columns.figures, rows)
    if isinstance(rule, RunRule):
        return compare(expected, _without_empty(found))
    return compare(expected, found)


def _row(tally: Tally, columns: FigureColumns) -> Row:
    count = (tally.number,) if columns.count else ()
    return (*count, mean(tally) or 0) if columns.mean else count


def _figures(snapshot: Snapshot, columns: FigureColumns) -> Snapshot:
    """The columns with the figures alone, with 0 for a mean of nothing."""
    indexes = [snapshot.columns.index(name) for name in columns.figures]
    rows = {
        key: tuple(tuple(_filled(row[index]) for index in indexes) for row in rows)
        for key, rows in snapshot.rows.items()
    }
    return Snapshot(columns.figures, rows)


def _filled(value: Value) -> Value:
    return 0 if value is None else value


def _without_empty(snapshot: Snapshot) -> Snapshot:
    """Without the rows whose figures are all zero."""
    rows = {key: rows for key, rows in snapshot.rows.items() if any(map(any, rows))}
    return Snapshot(snapshot.columns, rows)


def _right(name: str, rule: Rule, comparison: Comparison) -> Check:
    evidence = (f"Counts {rule.name}: {comparison.compared} keys match the base tables.",)
    return Check("view.counts", f"{name} counts correctly", Outcome.PASSED, evidence, subject=name)


def _doubt(name: str, rule: Rule) -> tuple[Check, ...]:
    if not rule.doubt:
        return ()
    return (
        Check(
            "view.rule",
            f"{name} counts by a rule that may be a mistake",
            Outcome.WARNING,
            (f"It counts {rule.name}.", rule.doubt),
            f"Look at the definition of {name}, if this is not meant.",
            name,
        ),
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


def _unknown(columns: FigureColumns) -> Check:
    name = columns.view.name
    return Check(
        "view.counts",
        f"{name}: no column can be recognised as a count or mean",
        Outcome.INCONCLUSIVE,
        (f"Its columns: {', '.join(columns.view.columns)}.",),
        "Compare it by hand with the base tables.",
        name,
    )

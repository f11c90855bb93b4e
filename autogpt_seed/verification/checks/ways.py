"""The ways in which a view may compute its figures, and which of them it does. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog
from autogpt_seed.comparison import Comparison, ResultSet, Snapshot, Value, compare, same
from autogpt_seed.database.views.market import Market, Tally
from autogpt_seed.store_views import ColumnRoles, FigureColumns
from autogpt_seed.verification.checks.rules import (
    RUN_RULES,
    ReviewRule,
    Rule,
    RunRule,
    mean,
    review_rules,
)

NUMBERS = (int, float, Decimal, Fraction)

OF_ONE_VERSION = "Known versions of the platform count the runs of all versions of a graph."


class RowIdentity(NamedTuple):
    """What a row of a view is about, as far as its columns tell."""

    graph: str
    listing: str
    version: str
    creator: str
    label: str = ""

    @property
    def key(self) -> str:
        """What evidence calls the row."""
        return self.label or self.version or self.listing or self.graph or self.creator


@dataclass(frozen=True)
class ViewRows:
    """The rows of a view of the store: its columns, what these hold, and what each row is about."""

    columns: ColumnRoles
    found: ResultSet
    identities: Sequence[RowIdentity]


def identify_rows(found: ResultSet, columns: ColumnRoles, market: Market) -> ViewRows:
    """The rows, each with its identity; the version tells the listing and the graph, if known."""
    named = (columns.graph, columns.listing, columns.version, columns.creator)
    texts = (_texts(found, column) for column in named)
    values = zip(*texts, strict=True)
    return ViewRows(columns, found, [_identity(*row, market=market) for row in values])


def _texts(found: ResultSet, column: str | None) -> list[str]:
    """A column as texts, empty where the view has none."""
    if column is None:
        return [""] * len(found.rows)
    return ["" if value is None else str(value) for value in found.values(column)]


def _identity(
    graph: str, listing: str, version: str, creator: str, *, market: Market
) -> RowIdentity:
    if known := market.versions.get(version):
        listing = listing or known.listing
        graph = graph or known.graph
    if not graph and (entry := market.listings.get(listing)):
        graph = entry.graph
    return RowIdentity(graph, listing, version, creator)


@dataclass(frozen=True)
class Way:
    """A way to compute a figure.

    `doubt` says why it may be a mistake, if it may. `rule` is the rule by which it counts rows of
    tables, if it does. Where a `lenient` one has no value, a view may show anything.
    """

    name: str
    value: Callable[[RowIdentity], Value]
    doubt: str = ""
    rule: Rule | None = None
    lenient: bool = False


def doubtful(ways: Iterable[Way], doubt: str) -> Iterator[Way]:
    """The ways with that doubt, where they have none of their own."""
    return (replace(way, doubt=way.doubt or doubt) for way in ways)


@dataclass(frozen=True)
class Explanation:
    """How a column is computed, and `others` that explain it as well, tried as they are asked for.

    Where no way explains it, `way` is None, and `evidence` is the difference from the nearest way
    that is not doubted. `gaps`: some values are NULL.
    """

    column: str
    way: Way | None
    evidence: tuple[str, ...] = ()
    gaps: bool = False
    others: Iterator[Way] = field(default_factory=lambda: iter(()))


@dataclass(frozen=True)
class Sources:
    """What the store's views draw from: the facts, and what the materialised views held."""

    catalog: Catalog
    market: Market
    held: Mapping[str, Snapshot]


def explain_column(
    column: str, ways: Iterable[Way], identities: Sequence[RowIdentity], found: Sequence[Value]
) -> Explanation | None:
    """The first way by which every row's value is right. NULL is as good as zero.

    The ways are made as they are needed; None without any.
    """
    ways, wrong = iter(ways), []
    for way in ways:
        if _explains(way, identities, found):
            others = (other for other in ways if _explains(other, identities, found))
            gaps = any(value is None for value in found)
            return Explanation(column, way, gaps=gaps, others=others)
        wrong.append(way)
    if not wrong:
        return None
    sure = [way for way in wrong if not way.doubt] or wrong
    comparisons = (_compare(column, way, identities, found) for way in sure)
    nearest = min(comparisons, key=lambda comparison: comparison.different)
    return Explanation(column, None, nearest.describe())


def _explains(way: Way, identities: Sequence[RowIdentity], found: Sequence[Value]) -> bool:
    return all(
        (type(wanted) is type(value) and wanted == value)
        or (way.lenient and not wanted)
        or same(wanted or 0, value or 0)
        for wanted, value in zip(map(way.value, identities), found, strict=True)
    )


def run_ways(sources: Sources, view: str) -> Iterator[Way]:
    """How a view may come to the runs of a graph: by the view of run counts, if it reads that, and
    that has them."""
    role = store_views.run_counts(sources.catalog)
    if role and role.count and sources.catalog.reads(view, role.view.name):
        yield from _from_view(sources, role, role.count, lambda row: row.graph)
        yield from _of_version(sources, role)
        return
    for rule in RUN_RULES:
        yield _run_way(rule, sources.market)


def rating_ways(sources: Sources, view: str) -> Iterator[Way]:
    """How a view may come to the rating of a listing: by the view of reviews, if it reads that, and
    that has it."""
    role = store_views.review_stats(sources.catalog)
    if role and role.mean and sources.catalog.reads(view, role.view.name):
        yield from _from_view(sources, role, role.mean, lambda row: row.listing)
        return
    for rule in review_rules(sources.market, live=True):
        yield _rating_way(rule, sources.market)


def version_rating_ways(market: Market) -> Iterator[Way]:
    """How a view may come to the rating of a version, which no materialised view holds."""
    name = "the mean of the reviews of that version"
    yield _version_rating_way(name, market)
    if market.deleted_reviews:
        yield _version_rating_way(f"{name}, except deleted reviews", market.kept)


def _version_rating_way(name: str, market: Market) -> Way:
    means = {key: mean(tally) for key, tally in market.reviews.items()}
    return Way(name, lambda row: means.get(row.version))


def _run_way(rule: RunRule, market: Market) -> Way:
    counts = rule.tally(market)
    nothing = Tally(0)
    return Way(rule.name, lambda row: counts.get(row.graph, nothing).number, rule.doubt, rule)


def _rating_way(rule: ReviewRule, market: Market) -> Way:
    means = {key: mean(tally) for key, tally in rule.tally(market).items()}
    name = f"the mean of {rule.name}"
    return Way(name, lambda row: means.get(row.listing), rule.doubt, rule)


def _from_view(
    sources: Sources, role: FigureColumns, column: str, key: Callable[[RowIdentity], str]
) -> list[Way]:
    """What a materialised view holds in the column; nothing if it was not read."""
    if role.view.name not in sources.held:
        return []
    values = _by_key(sources.held[role.view.name], column)
    return [Way(role.view.name, lambda row: values.get(key(row)))]


def _of_version(sources: Sources, role: FigureColumns) -> Iterator[Way]:
    """What a view of run counts holds of one version of a graph, if it has them one by one."""
    held = sources.held.get(role.view.name)
    if held is None or role.count is None or role.version is None:
        return
    version, count = held.columns.index(role.version), held.columns.index(role.count)
    counts = {(k, str(row[version])): row[count] for k, rows in held.rows.items() for row in rows}

    def of(row: RowIdentity) -> Value:
        shown = sources.market.versions.get(row.version)
        return counts.get((shown.graph, str(shown.graph_version))) if shown else None

    yield Way(f"{role.view.name} of that version of the graph", of, OF_ONE_VERSION)


def _by_key(snapshot: Snapshot, column: str) -> dict[str, Value]:
    """A column of a view by key; the sum where a graph has a row for each of its versions."""
    index = snapshot.columns.index(column)
    return {
        key: rows[0][index] if len(rows) == 1 else _sum(row[index] for row in rows)
        for key, rows in snapshot.rows.items()
    }


def _sum(values: Iterable[Value]) -> Value:
    return sum(Fraction(value) for value in values if isinstance(value, NUMBERS))


def _compare(
    column: str, way: Way, identities: Sequence[RowIdentity], found: Sequence[Value]
) -> Comparison:
    """One row for each key, which differs if any of its rows does. How many rows there are is
    judged elsewhere."""
    wanted = list(map(way.value, identities))
    is_text = any(isinstance(value, str | tuple) for value in (*wanted, *found))
    nothing = None if is_text else 0
    rows: dict[str, tuple[Value, Value]] = {}
    for row, right, value in zip(identities, wanted, found, strict=True):
        if way.lenient and not right:
            continue
        pair = (right or nothing, value or nothing)
        if row.key not in rows or same(*rows[row.key]):
            rows[row.key] = pair
    expected, shown = ({key: ((pair[n],),) for key, pair in rows.items()} for n in (0, 1))
    return compare(Snapshot((column,), expected), Snapshot((column,), shown))

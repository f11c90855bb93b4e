"""Whether StoreAgent, StoreSubmission and Creator show the right rows and values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from autogpt_seed import store_views
from autogpt_seed.catalog import View
from autogpt_seed.comparison import ResultSet
from autogpt_seed.database.savepoints import Failed
from autogpt_seed.database.views.market import Market
from autogpt_seed.store_views import ColumnRoles, column_roles, review_stats, unfit
from autogpt_seed.verification.checks.agreement import CountingRule, Judgement
from autogpt_seed.verification.checks.creators import creator_ways, user_of
from autogpt_seed.verification.checks.doubts import check_gaps, check_types, doubt_rows, doubt_ways
from autogpt_seed.verification.checks.store_rows import (
    RowMatch,
    RowRule,
    bare_listings,
    by_profile,
    creator_rules,
    match_rows,
    store_rules,
    submission_rules,
)
from autogpt_seed.verification.checks.store_ways import (
    avatar_ways,
    creator_name_ways,
    graph_version_ways,
    own_version_way,
    status_ways,
    store_run_ways,
    store_version_ratings,
    version_ways,
)
from autogpt_seed.verification.checks.ways import (
    Explanation,
    RowIdentity,
    Sources,
    ViewRows,
    Way,
    doubtful,
    explain_column,
    identify_rows,
    rating_ways,
)
from autogpt_seed.verification.report import Check, Outcome

_OF_LISTINGS = "A version that waits, or was turned down, shows the rating of its listing."


def check_store_agents(view: View, found: ResultSet, sources: Sources) -> Judgement:
    """StoreAgent: which listings it shows, for each the runs and the rating, its versions, and who
    made it."""
    columns, market = column_roles(view), sources.market
    rows = identify_rows(found, columns, market)
    bare = bare_listings(market)
    filled = [row for row in rows.identities if row.version or row.listing not in bare]
    match = _match_versions(store_rules(market), filled, columns, market)
    ratings: Iterable[Way] = rating_ways(sources, view.name)
    versions: Iterable[Way] = version_ways(market)
    if review_stats(sources.catalog) is None:
        ratings = chain(ratings, store_version_ratings(market, columns))
        versions = chain(versions, [own_version_way(market)])
    ways = {
        columns.runs: store_run_ways(sources, columns),
        columns.rating: ratings,
        columns.versions: versions,
        columns.graph_versions: graph_version_ways(market),
        columns.creator: creator_name_ways(market, columns.creator),
        columns.avatar: avatar_ways(market),
    }
    return _judge("store.agents", rows, ways, match)


def check_submissions(view: View, found: ResultSet, sources: Sources) -> Judgement:
    """StoreSubmission: which versions it shows, for each the runs and the rating, its status, and
    whose it is."""
    columns, market = column_roles(view), sources.market
    rows = identify_rows(found, columns, market)
    match = _match_versions(submission_rules(market), rows.identities, columns, market)
    ratings: Iterable[Way] = rating_ways(sources, view.name)
    if columns.version:
        ratings = chain(store_version_ratings(market, columns), doubtful(ratings, _OF_LISTINGS))
    elif len({row.listing for row in rows.identities}) < len(rows.identities):
        ratings = chain()  # nothing tells of which version of a listing it is
    ways = {
        columns.runs: store_run_ways(sources, columns),
        columns.rating: ratings,
        columns.creator: creator_name_ways(market, columns.creator),
    }
    if columns.version and market.statuses:
        ways[columns.status] = status_ways(market)
    return _judge("store.submissions", rows, ways, match)


def check_creators(view: View, found: ResultSet, sources: Sources) -> Judgement:
    """Creator or StoreCreator: the agents, runs, rating and categories of each creator."""
    columns = column_roles(view)
    if columns.creator is None:
        return _conclude("store.creators", columns, (), None)
    users = user_of(sources.market, columns.creator)
    rows = identify_rows(found, columns, sources.market)
    identities = [
        row._replace(creator=users.get(row.creator, row.creator), label=row.creator)
        for row in rows.identities
    ]
    rows = replace(rows, identities=identities)
    ways = creator_ways(sources, view.name)
    named = {
        columns.agents: ways["agents"],
        columns.runs: ways["runs"],
        columns.rating: ways["rating"],
        columns.categories: ways["categories"],
    }
    creators = [row.creator for row in identities]
    match = match_rows(creator_rules(sources.market), creators, str)
    names = {user: name for name, user in users.items() if user}
    match = replace(match, comparison=match.comparison.renamed(names))
    return _conclude("store.creators", columns, _explain_columns(named, rows), match)


def check_other(view: View, found: ResultSet, sources: Sources) -> Judgement:
    """Another view that reads a materialised one: what it shows of a graph or a listing, where
    the names of its columns tell. Nothing where they do not, and no failure, as a view that no
    version of the platform has may mean something else by them."""
    columns = column_roles(view, by_type=False)
    if columns.creator and not (columns.graph or columns.listing or columns.version):
        return Judgement(())
    rows = identify_rows(found, columns, sources.market)
    ratings = chain(rating_ways(sources, view.name), store_version_ratings(sources.market, columns))
    ways = {columns.runs: store_run_ways(sources, columns), columns.rating: ratings}
    judged = _judge("store.other", rows, ways, None)
    known = (check for check in judged.checks if check.outcome is not Outcome.INCONCLUSIVE)
    return replace(judged, checks=tuple(map(_as_doubt, known)))


def _as_doubt(check: Check) -> Check:
    if check.outcome is not Outcome.FAILED:
        return check
    title = f"{check.subject} may not show what the store does"
    remedy = f"Look at the definition of {check.subject}, if this is not meant."
    return replace(check, title=title, outcome=Outcome.WARNING, remedy=remedy)


def unreadable(view: View, found: Failed) -> Check:
    """A view that raises an error, or lacks a right of its own, whatever it should show."""
    code = {
        store_views.STORE_AGENTS: "store.agents",
        store_views.SUBMISSIONS: "store.submissions",
        **dict.fromkeys(store_views.CREATORS, "store.creators"),
    }.get(view.name, "store.other")
    remedy = f"Correct the definition of {view.name}, or grant its owner what it reads."
    evidence = tuple(found.reason.splitlines())
    return Check(code, f"{view.name} cannot be read", Outcome.FAILED, evidence, remedy, view.name)


def _judge(
    code: str, rows: ViewRows, ways: Mapping[str | None, Iterable[Way]], match: RowMatch | None
) -> Judgement:
    """Judge the columns whose rows can be told apart: runs by any key, all else by listing."""
    columns = rows.columns
    by_listing = columns.listing or columns.version
    told_apart = {
        column: known
        for column, known in ways.items()
        if by_listing or (columns.graph and column == columns.runs)
    }
    return _conclude(code, columns, _explain_columns(told_apart, rows), match)


def _explain_columns(ways: Mapping[str | None, Iterable[Way]], rows: ViewRows) -> list[Explanation]:
    """How each column is computed that the view has."""
    return [
        one
        for column, known in ways.items()
        if column
        and (one := explain_column(column, known, rows.identities, rows.found.values(column)))
    ]


def _conclude(
    code: str, columns: ColumnRoles, explained: Sequence[Explanation], match: RowMatch | None
) -> Judgement:
    view = columns.view
    checks = _verdict(code, view.name, explained, match) if explained else (_unknown(code, view),)
    gaps = check_gaps(view, explained) if code != "store.other" else ()
    checks = (*checks, *gaps, *check_types(code, view, unfit(columns)))
    return Judgement(checks, tuple(_counted(view.name, explained)))


def _counted(name: str, explained: Iterable[Explanation]) -> Iterator[CountingRule]:
    """The figures that the view counts itself, by rules without a doubt."""
    for one in explained:
        if one.way and one.way.rule and not one.way.doubt:
            others = (way.rule for way in one.others if way.rule and not way.doubt)
            yield CountingRule(name, one.way.rule, others)


def _match_versions(
    rules: Iterable[RowRule],
    identities: Sequence[RowIdentity],
    columns: ColumnRoles,
    market: Market,
) -> RowMatch | None:
    """Match the rows by versions where the view names them, else by listings, else not at all."""
    rules = by_profile(market, rules)
    if columns.version:
        return match_rows(rules, (row.version for row in identities), str)
    if columns.listing:
        listings = (row.listing for row in identities)
        return match_rows(rules, listings, lambda key: market.versions[key].listing)
    return None


def _verdict(
    code: str, name: str, explained: Sequence[Explanation], match: RowMatch | None
) -> tuple[Check, ...]:
    miscounted = match.comparison.describe() if match and match.rule is None else ()
    wrong = [f"Rows: {line}" for line in miscounted]
    wrong += [line for one in explained if one.way is None for line in one.evidence]
    if wrong:
        title, remedy = f"{name} does not show what it should", f"Correct the definition of {name}."
        return (Check(code, title, Outcome.FAILED, tuple(wrong), remedy, name),)
    doubts = doubt_ways(name, explained)
    *most, last = (one.column for one in explained)
    what = f"{', '.join(most)} and {last}" if most else last
    evidence = [f"{one.column}: {one.way.name}." for one in explained if one.way]
    if match and match.rule:
        evidence.append(f"Rows: {match.rule.name}, {match.comparison.compared} in all.")
        doubts = chain(doubts, doubt_rows(name, match.rule))
    passed = Check(
        code, f"{name} shows the right {what}", Outcome.PASSED, tuple(evidence), subject=name
    )
    return (passed, *doubts)


def _unknown(code: str, view: View) -> Check:
    return Check(
        code,
        f"{view.name} has no figures that can be recognised",
        Outcome.INCONCLUSIVE,
        (f"Its columns: {', '.join(view.columns)}.",),
        "Check it by hand.",
        view.name,
    )

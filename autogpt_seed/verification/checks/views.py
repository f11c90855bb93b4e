"""Chooses the checks for a view by what it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog, View
from autogpt_seed.comparison import ResultSet
from autogpt_seed.database.savepoints import Failed
from autogpt_seed.database.views.market import Market
from autogpt_seed.database.views.row_comparison import RowComparison
from autogpt_seed.verification.checks.agreement import Judgement
from autogpt_seed.verification.checks.chain import Contents
from autogpt_seed.verification.checks.columns import check_columns
from autogpt_seed.verification.checks.counting import check_review_stats, check_run_counts
from autogpt_seed.verification.checks.lost_columns import check_lost, check_lost_figures
from autogpt_seed.verification.checks.stores import (
    check_creators,
    check_other,
    check_store_agents,
    check_submissions,
    unreadable,
)
from autogpt_seed.verification.checks.ways import Sources


@dataclass(frozen=True)
class StoreViewContents:
    """What a view above the materialised ones shows.

    `result_set` has the columns whose values can be computed from the tables, `plain` tells how the
    others compare with the rows that they come from. `plain` is None for a view that is not one of
    the platform's, and where nothing could be compared.
    """

    view: View
    result_set: ResultSet | Failed
    plain: RowComparison | Failed | None


def check_counts(contents: Contents, catalog: Catalog, market: Market) -> Judgement:
    """Whether the definition of a view counts right; nothing where it has no figures."""
    if contents.figure_columns is None or contents.defined is None:
        return Judgement(())
    reviews = store_views.review_stats(catalog)
    of_reviews = reviews is not None and reviews.view.name == contents.view.name
    check = check_review_stats if of_reviews else check_run_counts
    judged = check(contents.figure_columns, market, contents.defined)
    return judged.with_checks(check_lost_figures(catalog, contents.figure_columns))


def sources_of(catalog: Catalog, market: Market, contents: Iterable[Contents]) -> Sources:
    """What the views above those with these contents draw from."""
    held = {c.view.name: c.after for c in contents if c.after is not None}
    return Sources(catalog, market, held)


def check_store_view(contents: StoreViewContents, sources: Sources) -> Judgement:
    """The checks of a view's figures, of its other columns, and of those that are missing."""
    view = contents.view
    judged = _check_figures(view, contents.result_set, sources)
    if isinstance(contents.plain, Failed):
        return judged.with_checks([unreadable(view, contents.plain)])
    judged = judged.with_checks(check_columns(view, contents.plain))
    if isinstance(contents.result_set, Failed):
        return judged
    return judged.with_checks(check_lost(sources.catalog, store_views.column_roles(view)))


def _check_figures(view: View, found: ResultSet | Failed, sources: Sources) -> Judgement:
    """A view of the store is judged by what the platform means by it, any other by the names of
    its columns."""
    catalog = sources.catalog
    creators = store_views.creators(catalog)
    if any(catalog.reads(view.name, table) for table in tables_instead(catalog)):
        return Judgement(())  # it shows what the table holds, which is the finding
    if isinstance(found, Failed):
        return Judgement((unreadable(view, found),))
    if view.name == store_views.STORE_AGENTS:
        return check_store_agents(view, found, sources)
    if view.name == store_views.SUBMISSIONS:
        return check_submissions(view, found, sources)
    if creators and view.name == creators.name:
        return check_creators(view, found, sources)
    return check_other(view, found, sources)


def tables_instead(catalog: Catalog) -> list[str]:
    """The views of the store that are tables here."""
    names = (store_views.RUN_COUNTS, store_views.REVIEW_STATS, store_views.STORE_AGENTS)
    return [name for name in names if name in catalog.tables]

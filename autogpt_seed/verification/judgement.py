"""An observation -> all of its checks, in the order in which they are told. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from autogpt_seed import store_views
from autogpt_seed.verification.checks import (
    Contents,
    check_freshness,
    check_injection,
    check_paths,
    check_presence,
    check_refresh,
)
from autogpt_seed.verification.counting import Rule, check_counting
from autogpt_seed.verification.cron_checks import check_cron
from autogpt_seed.verification.observation import Observation
from autogpt_seed.verification.report import Check, Outcome
from autogpt_seed.verification.store_agents import check_store
from autogpt_seed.views import Refresh


def judge(seen: Observation, *, disturbed: bool = False) -> tuple[Check, ...]:
    """Check everything that was observed.

    `disturbed` tells that commits of other sessions may have come in between: then differences
    prove nothing.
    """
    checks = (
        *check_cron(seen.cron, seen.catalog.schema),
        *check_presence(seen.catalog),
        check_injection(seen.ledger, seen.market_before, seen.market_after),
        check_refresh(seen.refresh),
        *_views(seen),
    )
    return tuple(map(_excused, checks)) if disturbed else checks


def _views(seen: Observation) -> Iterator[Check]:
    if isinstance(seen.refresh, Refresh):
        yield from check_paths(seen.refresh, _in_store(seen))
    for contents in seen.contents:
        yield from _view(contents, seen)
    if seen.store:
        yield check_store(seen.store, [listing.id for listing in seen.ledger.listings])


def _view(contents: Contents, seen: Observation) -> Iterator[Check]:
    """What it counts and, where a refresh took place, whether it is fresh.

    That a view which counts wrongly did not change is no further finding.
    """
    counts_wrongly = False
    if contents.measured and contents.defined:
        rules = _rules(contents, seen)
        check = check_counting(contents.measured, rules, contents.was_defined, contents.defined)
        counts_wrongly = check.outcome is Outcome.FAILED
        yield check
    if contents.view.materialized and isinstance(seen.refresh, Refresh):
        fresh = check_freshness(contents, in_store=contents.view.name in _in_store(seen))
        if not (counts_wrongly and fresh.outcome is Outcome.INCONCLUSIVE):
            yield fresh


def _in_store(seen: Observation) -> frozenset[str]:
    return frozenset(view.name for view in store_views.materialized(seen.catalog))


def _rules(contents: Contents, seen: Observation) -> tuple[Rule, ...]:
    """How the view may count: first as the platform's first versions do, then as later ones."""
    before, after = seen.market_before, seen.market_after
    reviews = store_views.review_stats(seen.catalog)
    if reviews and reviews.view.name == contents.view.name:
        name = "the reviews of the approved versions of each live listing"
        return (Rule(name, before.reviews, after.reviews),)
    others = "the runs of each graph, without those by its owner"
    return (
        Rule("the runs of each graph", before.runs, after.runs),
        Rule(others, before.runs_of_others, after.runs_of_others),
    )


def _excused(check: Check) -> Check:
    if check.outcome is not Outcome.FAILED or not check.code.startswith(
        ("view.", "store.", "data.")
    ):
        return check
    why = "Other sessions committed meanwhile, which this transaction's isolation lets in."
    return replace(check, outcome=Outcome.INCONCLUSIVE, evidence=(why, *check.evidence))

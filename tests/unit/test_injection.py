"""What verify injects is planned from what is there, within its limits, and known to the row."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from autogpt_seed.database.market import Candidates, Graph, Reviewable, Tally
from autogpt_seed.ids import parse
from autogpt_seed.plan import Range
from autogpt_seed.verification import VerifySettings
from autogpt_seed.verification.injected_rows import injected_rows
from autogpt_seed.verification.injection import plan_injection

NOW = datetime(2026, 1, 15, 12, 30)  # noqa: DTZ001  # rows hold naive times, meant as UTC
USERS = tuple(f"user {n}" for n in range(5))
GRAPHS = tuple(Graph(f"graph {n}", 1, USERS[n]) for n in range(5))
REVIEWABLE = tuple(Reviewable(f"version {n}", f"listing {n}", USERS[n]) for n in range(5))
FULL = Candidates(GRAPHS, USERS, REVIEWABLE, NOW)
EMPTY_STORE = Candidates(GRAPHS, USERS, (), NOW)


def test_graphs_are_run_by_their_owners_and_by_others() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    assert set(ledger.runs()) == {graph.id for graph in GRAPHS}
    assert all(2 <= tally.count <= 5 for tally in ledger.runs().values())
    for graph, others in ledger.runs_of_others().items():
        assert others.count == ledger.runs()[graph].count - 1


def test_each_version_gets_one_good_review() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    assert not ledger.listings
    assert set(ledger.review_stats()) == {version.listing for version in REVIEWABLE}
    assert all(t.count == 1 and 3 <= t.total <= 5 for t in ledger.review_stats().values())


def test_an_empty_store_gets_listings_of_new_graphs_that_are_run_and_reviewed() -> None:
    ledger = plan_injection(EMPTY_STORE, VerifySettings())
    new = {listing.graph.id for listing in ledger.listings}
    assert len(new) == 3
    assert new <= set(ledger.runs())
    assert len(ledger.runs()) == 5
    assert {review.of.listing for review in ledger.reviews} == {new.id for new in ledger.listings}
    for listing, review in zip(ledger.listings, ledger.reviews, strict=True):
        assert review.of.reviewer != listing.graph.owner


def test_a_listing_without_a_review_is_in_the_ledger_too() -> None:
    ledger = plan_injection(EMPTY_STORE, VerifySettings(reviews=0))
    assert list(ledger.review_stats().values()) == [Tally(0)] * 3


def test_the_settings_are_limits() -> None:
    settings = VerifySettings(graphs=1, executions_per_graph=Range(4, 4), reviews=2)
    ledger = plan_injection(FULL, settings)
    assert ledger.runs() == {"graph 0": Tally(4)}
    assert len(ledger.reviews) == 2


@pytest.mark.parametrize("candidates", [FULL, EMPTY_STORE])
def test_the_rows_are_those_of_the_ledger_and_carry_its_tag(candidates: Candidates) -> None:
    ledger = plan_injection(candidates, VerifySettings())
    made = {
        rows.table: [
            dict(zip((f.name for f in rows.fields), r, strict=True)) for r in rows.records()
        ]
        for rows in injected_rows(ledger)
    }
    runs = Counter(row["agentGraphId"] for row in made["AgentGraphExecution"])
    assert runs == {graph: tally.count for graph, tally in ledger.runs().items()}
    assert len(made["StoreListingReview"]) == len(ledger.reviews)
    assert all(len(row["comments"]) <= 100 for row in made["StoreListingReview"])
    assert len(made.get("StoreListing", [])) == len(ledger.listings)
    for rows in made.values():
        for row in rows:
            parsed = parse(row["id"])
            assert parsed is not None
            assert parsed.tag == ledger.tag


def test_two_verifications_never_share_a_tag() -> None:
    later = Candidates(GRAPHS, USERS, REVIEWABLE, NOW.replace(microsecond=1000))
    assert plan_injection(FULL, VerifySettings()).tag != plan_injection(later, VerifySettings()).tag


def test_the_same_moment_and_seed_give_the_same_rows() -> None:
    one, other = (injected_rows(plan_injection(FULL, VerifySettings())) for _ in range(2))
    assert [list(r.records()) for r in one] == [list(r.records()) for r in other]

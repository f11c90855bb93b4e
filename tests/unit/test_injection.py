"""What verify injects is planned from what is there, within its limits, and known to the row."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from autogpt_seed.database.candidates import Candidates, Graph, Reviewable
from autogpt_seed.ids import parse
from autogpt_seed.plan import Range
from autogpt_seed.verification import VerifySettings
from autogpt_seed.verification.injected_rows import injected_rows
from autogpt_seed.verification.injection import ODD_RUNS, USUAL, Ledger, plan_injection

NOW = datetime(2026, 1, 15, 12, 30)  # noqa: DTZ001  # rows hold naive times, meant as UTC
USERS = tuple(f"user {n}" for n in range(5))
GRAPHS = tuple(Graph(f"graph {n}", 1, USERS[n]) for n in range(5))
REVIEWABLE = tuple(Reviewable(f"version {n}", f"listing {n}", USERS[n]) for n in range(5))
FULL = Candidates(GRAPHS, USERS, REVIEWABLE, NOW)
EMPTY_STORE = Candidates(GRAPHS, USERS, (), NOW)
LONELY = Candidates(GRAPHS[:1], USERS[:1], (), NOW)


def runs(ledger: Ledger) -> Counter[str]:
    """The usual ones by graph."""
    return Counter(e.graph.id for e in ledger.executions if e.kind == USUAL)


def test_graphs_are_run_by_their_owners_and_by_others() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    assert len(runs(ledger)) == 5
    assert all(2 <= count <= 5 for count in runs(ledger).values())
    own = Counter(e.graph.id for e in ledger.executions if e.user == e.graph.owner)
    assert [e.kind for e in ledger.executions if e.kind != USUAL] == list(ODD_RUNS)
    assert set(own) == set(runs(ledger))
    assert all(own[graph] < count for graph, count in runs(ledger).items())


@pytest.mark.parametrize("graphs", [2, 3, 5])
def test_old_and_new_graphs_are_run_and_one_of_them_in_three_versions(graphs: int) -> None:
    ledger = plan_injection(FULL, VerifySettings(graphs=graphs))
    known = {graph.id for graph in GRAPHS}
    assert set(runs(ledger)) & known
    assert set(runs(ledger)) - known
    versions = {(e.graph.id, e.graph.version) for e in ledger.executions}
    assert len(versions) == len(runs(ledger)) + 2


def test_old_versions_get_one_good_review_each() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    old = [review for review in ledger.reviews if review.of in REVIEWABLE]
    assert len(old) == len(REVIEWABLE)
    assert all(3 <= review.score <= 5 for review in ledger.reviews)


@pytest.mark.parametrize("candidates", [FULL, EMPTY_STORE, LONELY])
def test_there_is_a_listing_of_each_kind_that_views_must_tell_apart(candidates: Candidates) -> None:
    ledger = plan_injection(candidates, VerifySettings())
    several, unreviewed, unrun, deleted, waiting, refused = ledger.listings
    reviewed = {review.of.listing for review in ledger.reviews}
    assert [version.status for version in several.versions] == ["APPROVED", "APPROVED", "PENDING"]
    assert several.active == several.versions[1].id
    assert unreviewed.in_store
    assert unreviewed.id not in reviewed
    assert unrun.in_store
    assert not {graph.id for graph in unrun.graphs} & set(runs(ledger))
    assert deleted.active
    assert not deleted.in_store
    assert (waiting.active, refused.active) == (None, None)
    assert reviewed >= {several.id, unrun.id, deleted.id, waiting.id, refused.id}


def test_what_a_schema_may_refuse_is_of_what_was_there_and_can_be_left_out() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    odd_runs = [run for run in ledger.executions if run.kind != USUAL]
    (old,) = [review for review in ledger.reviews if review.old]
    assert {run.graph for run in odd_runs} == set(GRAPHS[:3])
    assert {run.graph.id for run in odd_runs} <= set(runs(ledger))
    assert old.of in REVIEWABLE
    assert ledger.odd == (*odd_runs, old)
    assert ledger.without(odd_runs).odd == (old,)
    assert len(ledger.without(ledger.odd).reviews) == len(ledger.reviews) - 1
    assert len(plan_injection(EMPTY_STORE, VerifySettings()).odd) == len(ODD_RUNS)


def test_nobody_reviews_a_version_twice_and_owners_only_where_they_must() -> None:
    for candidates in (FULL, LONELY):
        reviews = plan_injection(candidates, VerifySettings()).reviews
        pairs = [(review.of.version, review.of.reviewer) for review in reviews]
        assert len(set(pairs)) == len(pairs)
    owners = {v.id: v.graph.owner for v in plan_injection(FULL, VerifySettings()).versions}
    reviews = plan_injection(FULL, VerifySettings()).reviews
    assert all(owners.get(review.of.version) != review.of.reviewer for review in reviews)


def test_the_settings_are_limits() -> None:
    settings = VerifySettings(graphs=1, executions_per_graph=Range(4, 4), reviews=2, listings=0)
    ledger = plan_injection(FULL, settings)
    assert runs(ledger) == {"graph 0": 4}
    assert len(ledger.reviews) == 2
    assert not ledger.listings


@pytest.mark.parametrize("candidates", [FULL, EMPTY_STORE, LONELY])
def test_the_rows_are_those_of_the_ledger_and_carry_its_tag(candidates: Candidates) -> None:
    ledger = plan_injection(candidates, VerifySettings())
    made = {rows.table: list(rows.named()) for rows in injected_rows(ledger)}
    assert len(made["AgentGraphExecution"]) == len(ledger.executions)
    statuses = Counter(row["executionStatus"] for row in made["AgentGraphExecution"])
    assert statuses == {"COMPLETED": sum(runs(ledger).values()) + 3, "FAILED": 1}
    assert Counter(row["startedAt"] for row in made["AgentGraphExecution"])[None] == 1
    assert len(made["StoreListingReview"]) == len(ledger.reviews)
    comments = [row["comments"] for row in made["StoreListingReview"]]
    assert None in comments
    assert all(len(comment) <= 100 for comment in comments if comment)
    assert len(made["StoreListing"]) == len(ledger.listings)
    assert len(made["StoreListingVersion"]) == len(ledger.versions)
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

"""What verify injects is planned from what is there, within its limits, and known to the row."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from autogpt_seed.database.existing.candidates import Candidates, Graph, Reviewable
from autogpt_seed.ids import parse
from autogpt_seed.plan import Range
from autogpt_seed.verification import VerifySettings
from autogpt_seed.verification.injection.kinds import KINDS, ODD_RUNS, USUAL, ListingKind, Owner
from autogpt_seed.verification.injection.ledger import Ledger
from autogpt_seed.verification.injection.planning import plan_injection
from autogpt_seed.verification.injection.rows import injected_rows

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


def many(ledger: Ledger) -> Counter[str]:
    """The same of the graphs that are run by their owners and others."""
    return Counter({graph: count for graph, count in runs(ledger).items() if count > 1})


def test_graphs_are_run_by_their_owners_and_by_others() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    assert len(many(ledger)) == 5
    assert all(2 <= count <= 5 for count in many(ledger).values())
    present = [e for e in ledger.executions if e.user not in ledger.newcomers]
    own = Counter(e.graph.id for e in present if e.user == e.graph.owner)
    assert set(own) == set(many(ledger))
    assert all(own[graph] < count for graph, count in many(ledger).items())


def test_odd_runs_are_of_graphs_that_were_there_and_of_new_ones_in_the_store() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    odd = [e for e in ledger.executions if e.kind != USUAL]
    assert [e.kind for e in odd] == [*ODD_RUNS, *ODD_RUNS, *ODD_RUNS]
    old, new, alone = (odd[at : at + len(ODD_RUNS)] for at in range(0, len(odd), len(ODD_RUNS)))
    assert {run.graph for run in old} == set(GRAPHS[:3])
    shown = {graph for listing in ledger.listings if listing.in_store for graph in listing.graphs}
    assert {run.graph for run in new} < shown
    assert {run.graph.id for run in (*old, *new)} <= set(many(ledger))
    graphs = Counter(run.graph.id for run in ledger.executions)
    assert {graphs[run.graph.id] for run in alone} == {1}


def test_there_is_a_run_of_each_status_that_the_schema_has() -> None:
    statuses = ("queued", "completed", "AWAITING_APPROVAL")
    ledger = plan_injection(replace(FULL, statuses=statuses), VerifySettings())
    known = {kind.status for kind in (USUAL, *ODD_RUNS)}
    assert {run.kind.status for run in ledger.executions} == {*known, "AWAITING_APPROVAL"}


def test_graphs_and_versions_that_are_in_no_listing_are_run_too() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    listed = {graph for listing in ledger.listings for graph in listing.graphs}
    alone, version, *_ = ledger.unlisted
    assert not listed & set(ledger.unlisted)
    assert version.id == ledger.listings[0].graphs[0].id
    assert alone.id not in {graph.id for graph in listed}
    assert set(ledger.unlisted) <= {run.graph for run in ledger.executions}


def test_graphs_whose_only_run_is_left_out_are_left_out() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    left = ledger.without([run for run in ledger.executions if run.kind.old])
    assert len(left.unlisted) == len(ledger.unlisted) - 1
    assert set(left.unlisted) <= {run.graph for run in left.executions}


@pytest.mark.parametrize("graphs", [2, 3, 5])
def test_old_and_new_graphs_are_run_and_one_of_them_in_several_versions(graphs: int) -> None:
    ledger = plan_injection(FULL, VerifySettings(graphs=graphs))
    known = {graph.id for graph in GRAPHS}
    assert set(many(ledger)) & known
    assert set(many(ledger)) - known
    first = {graph.version for graph in ledger.listings[0].graphs}
    ran = {e.graph.version for e in ledger.executions if e.graph in ledger.listings[0].graphs}
    assert len(ran) >= min(2, len(first))


def test_old_versions_get_one_good_review_each() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    old = [review for review in ledger.reviews if review.of in REVIEWABLE]
    assert len(old) == len(REVIEWABLE)
    assert all(3 <= review.score <= 5 for review in old)


@pytest.mark.parametrize("candidates", [FULL, EMPTY_STORE, LONELY])
def test_there_is_a_listing_of_each_kind_that_views_must_tell_apart(candidates: Candidates) -> None:
    ledger = plan_injection(candidates, VerifySettings())
    assert [listing.kind for listing in ledger.listings] == list(KINDS)
    several, unreviewed, unrun, deleted, waiting, refused, *odd = ledger.listings
    reviewed = {review.of.listing for review in ledger.reviews}
    assert several.active == several.versions[1].id
    numbers = [v.number for v in several.versions if v.status == "APPROVED"]
    assert numbers not in (sorted(numbers), sorted(numbers, key=str))
    assert all(v.number != v.graph.version for v in several.versions if v.number > 2)
    assert unreviewed.in_store
    assert unreviewed.id not in reviewed
    assert unrun.in_store
    assert not {graph.id for graph in unrun.graphs} & set(runs(ledger))
    assert deleted.active
    assert not deleted.in_store
    assert (waiting.active, refused.active) == (None, None)
    assert all(listing.id in reviewed for listing in ledger.listings if listing != unreviewed)
    assert all(graph.id in runs(ledger) for listing in odd for graph in listing.graphs[:1])
    unmarked, *others = odd
    assert not unmarked.active
    assert all(listing.in_store for listing in others)


def test_every_odd_listing_is_odd_in_one_way() -> None:
    usual = ListingKind(odd=True)
    for kind in KINDS:
        if kind.odd:
            fields = ListingKind._fields
            ways = [name for name in fields if getattr(kind, name) != getattr(usual, name)]
            assert len(set(ways) - {"versions"}) == 1


def test_what_a_schema_may_refuse_can_be_left_out() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    listings = [one for one in ledger.listings if one.kind.odd or len(one.versions) > 1]
    odd_runs = [run for run in ledger.executions if run.kind != USUAL]
    old = [review for review in ledger.reviews if review.old]
    assert [review.of in REVIEWABLE for review in old] == [True, False]
    assert ledger.odd == (*listings, *odd_runs, *old, *ledger.kept)
    assert ledger.without(odd_runs).odd == (*listings, *old, *ledger.kept)
    left = ledger.without(listings)
    assert left.listings == ledger.listings[1:6]
    gone = {listing.id for listing in listings}
    assert not [review for review in left.reviews if review.of.listing in gone]
    graphs = {graph for listing in listings for graph in listing.graphs}
    assert not [run for run in left.executions if run.graph in graphs]
    assert not ledger.without(ledger.odd).odd


def test_a_graph_is_kept_more_than_once_by_each_of_two_users() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    several = Counter((one.table, one.user, one.graph.id) for one in ledger.kept)
    assert len(several) == 4
    assert set(several.values()) == {2}
    assert {graph for _, _, graph in several} < {run.graph.id for run in ledger.executions}


@pytest.mark.parametrize(("users", "same"), [(1, 1), (5, 2)])
def test_two_owners_have_listings_of_the_same_slug(users: int, same: int) -> None:
    ledger = plan_injection(replace(FULL, users=FULL.users[:users]), VerifySettings())
    most = max(Counter(listing.slug for listing in ledger.listings).values())
    assert most == same
    of = [one.owner for one in ledger.listings if one.slug == ledger.listings[0].slug]
    assert len(set(of)) == same


def test_what_is_odd_can_be_tried_one_by_one() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    for number in range(len(ledger.odd)):
        tried = ledger.without(ledger.odd[number:])
        assert tried.odd == ledger.odd[:number]
        assert injected_rows(tried)


def test_nothing_of_long_ago_and_nothing_that_contradicts_itself_is_kept() -> None:
    kept = plan_injection(FULL, VerifySettings()).lasting
    assert not [review for review in kept.reviews if review.old]
    assert not [run for run in kept.executions if run.kind.old]
    assert not [listing for listing in kept.listings if listing.kind.old]
    assert not kept.kept
    for listing in kept.listings:
        approved = {version.id for version in listing.versions if version.status == "APPROVED"}
        assert listing.active in approved if approved else listing.active is None
    kinds = {run.kind for run in kept.executions}
    assert {kind.status for kind in kinds} == {"COMPLETED", "FAILED", "TERMINATED"}
    assert all(kind.timed and not kind.shared for kind in kinds)


@pytest.mark.parametrize("candidates", [FULL, LONELY])
def test_nobody_reviews_a_version_twice(candidates: Candidates) -> None:
    reviews = plan_injection(candidates, VerifySettings()).reviews
    pairs = [(review.of.version, review.of.reviewer) for review in reviews]
    assert len(set(pairs)) == len(pairs)


def test_owners_who_were_there_and_who_were_not_review_a_version_of_theirs() -> None:
    ledger = plan_injection(FULL, VerifySettings())
    owners = {v.id: v.graph.owner for v in ledger.versions}
    own = [r.of.version for r in ledger.reviews if owners.get(r.of.version) == r.of.reviewer]
    new = {Owner.UNPROFILED, Owner.PLAIN}
    strangers = [one.versions[0].id for one in ledger.listings if one.kind.owner in new]
    assert own == [ledger.listings[0].versions[1].id, *strangers]


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
    assert statuses == Counter(run.kind.status for run in ledger.executions)
    odd = [run.kind for run in ledger.executions if run.kind != USUAL]
    rows = [row for row in made["AgentGraphExecution"] if not row["startedAt"]]
    assert len(rows) == sum(not kind.timed for kind in odd)
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


def test_the_texts_of_an_injected_listing_all_differ_so_that_views_cannot_mix_them_up() -> None:
    columns = ("subHeading", "description", "instructions", "changesSummary", "reviewComments")
    for seed in range(20):
        ledger = plan_injection(FULL, VerifySettings(seed=seed))
        rows = next(rows for rows in injected_rows(ledger) if rows.table == "StoreListingVersion")
        told = [
            (row["storeListingId"], row[column])
            for row in rows.named()
            for column in columns
            if row[column] is not None
        ]
        assert len(set(told)) == len(told)

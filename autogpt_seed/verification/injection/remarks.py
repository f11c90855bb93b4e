"""What is unusual about the rows that verify adds, in words, so that evidence can say it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from autogpt_seed.verification.injection.kinds import ListingKind, Owner, RunKind
from autogpt_seed.verification.injection.ledger import Execution, Ledger, Listing
from autogpt_seed.verification.injection.newcomers import username_of

_OWNERS = {
    Owner.PRESENT: "",
    Owner.UNPROFILED: "its owner has no profile",
    Owner.PLAIN: "its owner joined long ago, has nothing in the profile and verified no address",
    Owner.FEATURED: "its owner is featured, and has a long profile",
}
_CREATORS = {
    Owner.PLAIN: "joined long ago, has nothing in the profile and verified no address",
    Owner.FEATURED: "is featured, and has a long profile",
}


def remarks(ledger: Ledger) -> Mapping[str, str]:
    """What is unusual about listings, their versions, graphs and creators, by their ids, creators
    by their usernames, too. What is usual has no remark."""
    found = dict(_of_listings(ledger)) | dict(_of_graphs(ledger))
    for user, owner in ledger.newcomers.items():
        found |= dict.fromkeys((user, username_of(user)), _CREATORS.get(owner, ""))
    return {key: remark for key, remark in found.items() if remark}


def _of_listings(ledger: Ledger) -> Iterator[tuple[str, str]]:
    old = {review.of.listing for review in ledger.reviews if review.old}
    for listing in ledger.listings:
        parts = [*_listing_parts(listing.kind), *(["a review is old"] * (listing.id in old))]
        yield listing.id, ", ".join(parts)
        for version in listing.versions:
            yield version.id, ", ".join([*_version_parts(listing, version.status), *parts])


def _version_parts(listing: Listing, status: str) -> Iterator[str]:
    if len(listing.versions) > 1:
        yield f"it is {status.lower()}"


def _listing_parts(kind: ListingKind) -> Iterator[str]:
    statuses = dict.fromkeys(version.status for version in kind.versions)
    telling = {
        _OWNERS[kind.owner]: kind.owner is not Owner.PRESENT,
        "it is deleted": kind.deleted,
        "it is never run": not kind.run,
        "it has several versions": len(kind.versions) > 1,
        f"its version is {next(iter(statuses)).lower()}": "APPROVED" not in statuses,
        "it is approved and not marked as such": not kind.marked,
        "it is not available": not kind.available,
        "its active version is not the newest": not kind.newest,
        "it has no pictures, categories and remarks, and nobody reviewed it for the store": (
            kind.bare
        ),
        "it was made long ago": kind.old,
        "its graph is not active": kind.retired,
        "its graph was made from another": kind.forked,
        "other listings have its slug and its name": kind.namesake,
        "it has long texts, and many pictures and categories": kind.rich,
        "its users did not review it": not any(version.reviews for version in kind.versions),
        "its owner reviewed it": any(version.by_owner for version in kind.versions),
    }
    return (words for words, true in telling.items() if true)


def _of_graphs(ledger: Ledger) -> Iterator[tuple[str, str]]:
    runs: dict[str, list[Execution]] = defaultdict(list)
    for run in ledger.executions:
        runs[run.graph.id].append(run)
    listed = {listing.graphs[0].id: listing for listing in ledger.listings}
    unlisted = {graph.id for graph in ledger.unlisted}
    for graph in dict.fromkeys([*runs, *listed]):
        parts = ["it is in no listing"] * (graph in unlisted and graph not in listed)
        parts += _listing_parts(listed[graph].kind) if graph in listed else []
        yield graph, ", ".join([*parts, *_runs_part(runs.get(graph, ()))])


def _runs_part(runs: Iterable[Execution]) -> Iterator[str]:
    odd = dict.fromkeys(words for run in runs if (words := _run_words(run.kind)))
    if odd:
        yield f"it was run {'; '.join(odd)}"


def _run_words(kind: RunKind) -> str:
    telling = {
        f"with the status {kind.status}": kind.status != RunKind().status,
        "in a run that is deleted": kind.deleted,
        "long ago": kind.old,
        "without times of begin and end": not kind.timed,
        "by another run": kind.nested,
        "for all to see": kind.shared,
        "by a preset that is deleted": kind.preset,
    }
    return ", ".join(words for words, true in telling.items() if true)

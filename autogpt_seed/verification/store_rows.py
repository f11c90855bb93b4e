"""Which rows the views of the store have: the rules of the platform's versions. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from autogpt_seed.comparison import Comparison, Snapshot, compare
from autogpt_seed.database.market import Market, Version

_SOME = "The platform's own view shows every profile, also those without agents."

_ACTIVE = "its graph is active"
_INACTIVE = "A graph's version is not active once it has a newer one, listed or not."

_UNMARKED = "Known versions of the platform ask for hasApprovedVersion as well."


@dataclass(frozen=True)
class RowRule:
    """A rule by which a view has its rows; `keys` name them, one each. `doubt` says why it may be
    a mistake, if it may."""

    name: str
    keys: Collection[str]
    doubt: str = ""


def store_rules(market: Market) -> Iterator[RowRule]:
    """How StoreAgent may choose the versions that it shows, the newest version's rule first, and
    the fewer conditions it makes the earlier."""
    live = {
        key: version
        for key, version in market.versions.items()
        if not market.listings[version.listing].deleted
    }
    marked = {key: v for key, v in live.items() if market.listings[v.listing].marked}
    choices = _choices(market, marked)
    conditions = _conditions(market)
    for count in range(len(conditions) + 1):
        for made, (name, keys) in product(combinations(conditions, count), choices.items()):
            kept = [key for key in keys if all(conditions[c](market.versions[key]) for c in made)]
            doubt = _INACTIVE if _ACTIVE in made else ""
            yield RowRule(f"{name}, if {' and '.join(made)}" if made else name, kept, doubt)
    for name, keys in _choices(market, live).items():
        yield RowRule(f"{name}, whatever hasApprovedVersion says", keys, _UNMARKED)


def _conditions(market: Market) -> Mapping[str, Callable[[Version], bool]]:
    """What may be asked of a version besides, so that the store shows it."""
    owners = {profile.user for profile in market.profiles.values()}
    return {
        "it is available": lambda version: version.available,
        "it is not deleted": lambda version: not version.deleted,
        "its owner has a profile": lambda version: market.listings[version.listing].owner in owners,
        _ACTIVE: lambda version: version.active,
    }


def _choices(market: Market, listed: Mapping[str, Version]) -> dict[str, frozenset[str]]:
    """The versions of these that a store may show."""
    approved = {key: version for key, version in listed.items() if version.approved}
    choices = {
        "the newest approved version of each listing in the store": _newest(approved),
        "each approved version of the listings in the store": frozenset(approved),
        "the active version of each listing in the store": frozenset(
            key for key, v in approved.items() if market.listings[v.listing].active == key
        ),
    }
    if not any(version.status for version in market.versions.values()):
        # Before versions had a status, what was approved was the listing.
        choices["each version of the listings in the store"] = frozenset(listed)
    return choices


def submission_rules(market: Market) -> Iterator[RowRule]:
    """How StoreSubmission may choose the versions that it shows."""
    live = {k: v for k, v in market.versions.items() if not market.listings[v.listing].deleted}
    name = "each version of the listings that are not deleted"
    yield RowRule(name, frozenset(live))
    yield RowRule(f"{name}, without deleted versions", _where(live, lambda v: not v.deleted))
    yield RowRule(f"{name}, without drafts", _where(live, lambda v: v.status.upper() != "DRAFT"))
    yield RowRule(
        f"{name}, without deleted versions and drafts",
        _where(live, lambda v: not v.deleted and v.status.upper() != "DRAFT"),
    )


def creator_rules(market: Market) -> Iterator[RowRule]:
    """Which creators may have a row, by the ids of their accounts, empty where they have none."""
    everybody = [profile.user for profile in market.profiles.values()]
    yield RowRule("every profile", everybody)
    users = frozenset(everybody)
    owners = frozenset(listing.owner for listing in market.listings.values() if not listing.deleted)
    in_store = frozenset(
        listing.owner
        for listing in market.listings.values()
        if not listing.deleted and listing.marked
    )
    yield RowRule("each profile with an agent in the store", users & in_store, _SOME)
    yield RowRule("each profile with a listing", users & owners, _SOME)
    yield RowRule("each account with an agent in the store", in_store, _SOME)


def match_rows(
    rules: Iterable[RowRule], keys: Iterable[str], of: Callable[[str], str]
) -> tuple[RowRule | None, Comparison]:
    """The rule that explains the rows, which `keys` name; `of` tells how they name a key of a rule.

    Without one, the comparison is with the rule that comes nearest.
    """
    found = _counted(keys)
    comparisons = []
    for rule in rules:
        comparison = compare(_counted(map(of, rule.keys)), found)
        if comparison.equal:
            return rule, comparison
        comparisons.append(comparison)
    return None, min(comparisons, key=lambda comparison: comparison.different)


def _counted(keys: Iterable[str]) -> Snapshot:
    counts = Counter(keys)
    # Most keys are there once. Rows that are one object are compared without a look at them.
    rows = {count: ((count,),) for count in set(counts.values())}
    return Snapshot(("rows",), {key: rows[count] for key, count in counts.items()})


def _newest(versions: Mapping[str, Version]) -> frozenset[str]:
    newest: dict[str, tuple[int, str]] = {}
    for key, version in versions.items():
        this = (version.number, key)
        newest[version.listing] = max(newest.get(version.listing, this), this)
    return frozenset(key for _, key in newest.values())


def _where(versions: Mapping[str, Version], kept: Callable[[Version], bool]) -> frozenset[str]:
    return frozenset(key for key, version in versions.items() if kept(version))

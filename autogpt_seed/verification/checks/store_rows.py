"""Which rows the views of the store have: the rules of the platform's versions. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autogpt_seed.comparison import Comparison, Snapshot, compare
from autogpt_seed.database.views.market import Market, Version

_SOME = "The platform's own view shows every profile, also those without agents."

_REPEATED = "An agent whose owner has two profiles is there twice."

_ACTIVE = "of an active graph"
_WITH_PROFILE = "of an owner with a profile"
_DOUBTS = {
    _ACTIVE: "A graph's version is not active once it has a newer one, listed or not.",
    _WITH_PROFILE: "The platform's own view shows the agents of users without a profile, too.",
}

_NEWEST = "the newest approved version of each listing in the store"

UNMARKED = "Known versions of the platform ask for hasApprovedVersion as well."

_Condition = Callable[[Version], bool]


@dataclass(frozen=True)
class RowRule:
    """A rule for which rows a view has: a key each. `doubt` says why it may be a mistake, if it
    may."""

    name: str
    keys: Collection[str]
    doubt: str = ""


@dataclass(frozen=True)
class RowMatch:
    """The rule that explains which rows a view has, and the comparison of these with it.

    Without one, the comparison is with the rule that comes nearest.
    """

    rule: RowRule | None
    comparison: Comparison


def store_rules(market: Market) -> Iterator[RowRule]:
    """How StoreAgent may choose the versions that it shows: the newest platform's rule first, and
    rules with fewer conditions before those with more."""
    conditions = _conditions(market)
    for count in range(len(conditions) + 1):
        for made in combinations(conditions, count):
            yield from _with_conditions(market, made, [conditions[name] for name in made])


def by_profile(market: Market, rules: Iterable[RowRule]) -> Iterator[RowRule]:
    """The rules for versions, each followed by that of a view which joins all profiles of their
    owners, where some have several."""
    numbers = Counter(filter(None, (profile.user for profile in market.profiles.values())))
    several = {user: number for user, number in numbers.items() if number > 1}
    owners = {key: market.listings[v.listing].owner for key, v in market.versions.items()}
    for rule in rules:
        yield rule
        if several:
            keys = [key for key in rule.keys for _ in range(several.get(owners[key], 1))]
            name = f"{rule.name}, once for each profile of its owner"
            yield RowRule(name, keys, rule.doubt or _REPEATED)


def _with_conditions(
    market: Market, names: Sequence[str], conditions: Sequence[_Condition]
) -> Iterator[RowRule]:
    """The rules with these conditions, asked of the version chosen, or of those to choose from."""
    live = {k: v for k, v in market.versions.items() if not market.listings[v.listing].deleted}
    marked = {k: v for k, v in live.items() if market.listings[v.listing].marked}
    asked = " and ".join(names)
    doubt = next((_DOUBTS[name] for name in names if name in _DOUBTS), "")

    def meets(version: Version) -> bool:
        return all(condition(version) for condition in conditions)

    for listed, which, why in (
        (marked, "", doubt),
        (live, ", whatever hasApprovedVersion says", doubt or UNMARKED),
    ):
        for name, keys in _choices(market, listed).items():
            kept = frozenset(key for key in keys if meets(market.versions[key]))
            yield RowRule(f"{name}{asked and f', if it is {asked}'}{which}", kept, why)
        if names:
            chosen = newest({k: v for k, v in listed.items() if v.approved and meets(v)})
            name = f"the newest approved version that is {asked}, of each listing in the store"
            yield RowRule(f"{name}{which}", chosen, why)


def _conditions(market: Market) -> Mapping[str, _Condition]:
    """What else a version may have to be, so that the store shows it."""
    owners = {profile.user for profile in market.profiles.values()}
    return {
        "available": lambda version: version.available,
        "not deleted": lambda version: not version.deleted,
        _WITH_PROFILE: lambda version: market.listings[version.listing].owner in owners,
        _ACTIVE: lambda version: version.active,
    }


def _choices(market: Market, listed: Mapping[str, Version]) -> dict[str, frozenset[str]]:
    """The versions of these that a store may show."""
    approved = {key: version for key, version in listed.items() if version.approved}
    choices = {
        _NEWEST: newest(approved),
        "each approved version of the listings in the store": frozenset(approved),
    }
    if market.active:
        choices["the active version of each listing in the store"] = frozenset(
            key for key, v in approved.items() if market.listings[v.listing].active == key
        )
    if not market.statuses:
        # Before versions had a status, what was approved was the listing.
        choices["each version of the listings in the store"] = frozenset(listed)
    return choices


def bare_listings(market: Market) -> frozenset[str]:
    """The listings without any version that a store may show: before versions had a status, what
    was approved was the listing."""
    if market.statuses:
        return frozenset()
    filled = {version.listing for version in market.versions.values()}
    return frozenset(
        key
        for key, listing in market.listings.items()
        if listing.marked and not listing.deleted and key not in filled
    )


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
    yield RowRule("one profile of each account", users)
    owners = frozenset(listing.owner for listing in market.listings.values() if not listing.deleted)
    in_store = frozenset(
        listing.owner
        for listing in market.listings.values()
        if not listing.deleted and listing.marked
    )
    yield RowRule("each profile with an agent in the store", _of(everybody, in_store), _SOME)
    yield RowRule("each profile with a listing", _of(everybody, owners), _SOME)
    yield RowRule("each account with an agent in the store", in_store, _SOME)


def _of(profiles: Iterable[str], users: Collection[str]) -> list[str]:
    return [user for user in profiles if user in users]


def match_rows(rules: Iterable[RowRule], keys: Iterable[str], of: Callable[[str], str]) -> RowMatch:
    """The first rule that explains the rows, which `keys` name; `of` tells how they name a key of a
    rule."""
    found = _counted(keys)
    comparisons = []
    for rule in rules:
        comparison = compare(_counted(map(of, rule.keys)), found)
        if comparison.equal:
            return RowMatch(rule, comparison)
        comparisons.append(comparison)
    return RowMatch(None, min(comparisons, key=lambda comparison: comparison.different))


def _counted(keys: Iterable[str]) -> Snapshot:
    """As many rows for each key as there are, with nothing in them."""
    counts = Counter(keys)
    # One object for each count: Python compares an object with itself without looking into it.
    rows = {count: ((),) * count for count in set(counts.values())}
    return Snapshot((), {key: rows[count] for key, count in counts.items()})


def newest(versions: Mapping[str, Version]) -> frozenset[str]:
    """The version with the greatest number of each listing."""
    found: dict[str, tuple[int, str]] = {}
    for key, version in versions.items():
        this = (version.number, key)
        found[version.listing] = max(found.get(version.listing, this), this)
    return frozenset(key for _, key in found.values())


def _where(versions: Mapping[str, Version], kept: Callable[[Version], bool]) -> frozenset[str]:
    return frozenset(key for key, version in versions.items() if kept(version))

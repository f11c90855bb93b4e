"""A column that is not that of its row is told with its source, a row, and how sure it is."""

from __future__ import annotations

from autogpt_seed.catalog import Privileges, View
from autogpt_seed.database.views.row_comparison import ColumnDifference, Example, RowComparison
from autogpt_seed.verification.checks.columns import check_columns
from autogpt_seed.verification.report import Outcome

VIEW = View("platform", "StoreAgent", False, {}, "", Privileges(True, False, True))


def comparison(
    *different: ColumnDifference, rows: int = 9, unknown: tuple[str, ...] = ()
) -> RowComparison:
    return RowComparison(
        rows, ("StoreListingVersion", "StoreListing"), ("slug",), different, unknown
    )


def test_what_is_right_is_counted_and_what_is_not_looked_at_is_named() -> None:
    (check,) = check_columns(VIEW, comparison(unknown=("badge", "rank")))
    assert check.outcome is Outcome.PASSED
    assert check.evidence == (
        "1 column matches StoreListingVersion and StoreListing, 9 rows in all.",
        "Not compared: badge, rank.",
    )


def test_a_column_of_known_versions_fails_and_one_of_a_forks_warns() -> None:
    wrong = ColumnDifference("agent_name", "StoreListingVersion.name", 7, Example("a", "x", None))
    odd = ColumnDifference(
        "created_at", "StoreListingVersion.createdAt", 9, Example("b", None, "y")
    )
    failed, warned = check_columns(VIEW, comparison(wrong, odd))
    assert (failed.outcome, warned.outcome) == (Outcome.FAILED, Outcome.WARNING)
    assert failed.evidence == (
        "agent_name: 7 of 9 rows differ from StoreListingVersion.name.",
        "a: expected NULL, found x",
    )


def test_a_known_column_only_warns_where_the_schema_has_its_own_name_for_what_it_shows() -> None:
    odd = ColumnDifference("slug", "StoreListingVersion.slug", 9, Example("a", "x", "y"))
    (warned,) = check_columns(VIEW, comparison(odd))
    assert warned.outcome is Outcome.WARNING


def test_values_that_begin_alike_are_told_to_differ_further_on() -> None:
    cut = ColumnDifference(
        "description", "StoreListingVersion.description", 9, Example("a", "long", "long")
    )
    (failed,) = check_columns(VIEW, comparison(cut))
    assert failed.evidence[1] == "a: both begin with long"


def test_nothing_is_said_of_a_view_without_rows() -> None:
    assert check_columns(VIEW, comparison(rows=0)) == ()
    assert check_columns(VIEW, None) == ()

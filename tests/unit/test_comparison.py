"""Two snapshots are compared row by row, with all differences counted and a few shown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from autogpt_seed.comparison import EXAMPLES, Row, Snapshot, Value, compare, same


def snapshot(*rows: tuple[str, Value]) -> Snapshot:
    grouped: dict[str, tuple[Row, ...]] = {}
    for key, value in rows:
        grouped[key] = (*grouped.get(key, ()), (value,))
    return Snapshot(("runs",), grouped)


def test_equal_snapshots_do_not_differ() -> None:
    comparison = compare(snapshot(("a", 1), ("b", 2)), snapshot(("b", 2), ("a", 1)))
    assert comparison.equal
    assert comparison.compared == 2


def test_missing_unexpected_and_changed_keys_are_told_apart() -> None:
    comparison = compare(
        snapshot(("a", 1), ("b", 2), ("c", 3)), snapshot(("b", 5), ("c", 3), ("d", 4))
    )
    assert (comparison.missing, comparison.unexpected, comparison.changed) == (1, 1, 1)
    assert comparison.describe() == (
        "3 of 4 keys differ: 1 missing, 1 unexpected, 1 changed.",
        "a: expected runs 1, found no row",
        "b: runs expected 2, found 5",
        "d: expected no row, found runs 4",
    )


def test_a_row_that_is_there_twice_is_a_difference() -> None:
    comparison = compare(snapshot(("a", 1)), snapshot(("a", 1), ("a", 1)))
    assert comparison.changed == 1
    assert comparison.describe()[1] == "a: expected runs 1, found 2 rows"


def test_all_differences_are_counted_and_the_first_are_shown() -> None:
    expected = snapshot(*((f"{n:03}", n) for n in range(100)))
    comparison = compare(expected, snapshot())
    assert comparison.different == 100
    assert [example.key for example in comparison.examples] == [f"{n:03}" for n in range(EXAMPLES)]
    assert comparison.describe()[-1] == f"... and {100 - EXAMPLES} more."


def test_snapshots_of_different_columns_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        compare(Snapshot(("runs",), {}), Snapshot(("rating",), {}))


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (2, 2),
        (2, Decimal(2)),
        (2, 2.0),
        (None, None),
        ("a", "a"),
        (Fraction(10, 3), Decimal("3.3333333333333333")),
        (Fraction(10, 3), Decimal("3.3333333333333334")),  # the mean of 2.6666666666666667 and 4
        (Fraction(10, 3), Decimal("3.33")),
        (Fraction(10, 3), 10 / 3),
        (Fraction(10, 3), 3.33),
        (Fraction(401, 100), 4.0),
        (Decimal("4.5"), 4.5),
        (Fraction(13, 5), 2.5999999046325684),  # as the type real holds it
        (2.6, 2.5999999046325684),
        (Fraction(7, 3), 2.3299999237060547),
    ],
)
def test_numbers_of_any_type_are_the_same_by_value(expected: Value, found: Value) -> None:
    assert same(expected, found)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (2, 3),
        (2**60, 2**60 + 1),
        (2, None),
        (None, 0),
        (2, "2"),
        (True, False),
        (Fraction(10, 3), Decimal("3.34")),
        (Fraction(10, 3), Decimal(3)),
        (Fraction(10, 3), 3.34),
        (Fraction(10, 3), 3.0),
        (Fraction(10, 3), float("nan")),
        (Fraction(1), Decimal("NaN")),
        (Fraction(13, 5), 2.6000099182128906),  # another of the type real
        (1e300, 1e299),
    ],
)
def test_other_values_are_not_the_same(expected: Value, found: Value) -> None:
    assert not same(expected, found)

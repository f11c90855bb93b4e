"""Streams: independent of each other, reproducible for ever, and exact where they promise it."""

from __future__ import annotations

from collections import Counter
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from autogpt_seed.randomness import STRATA, Scattered, Stream

seeds = st.integers(0, 2**63 - 1)


def test_a_stream_gives_the_same_numbers_on_every_machine_and_version() -> None:
    stream = Stream(42, "User")
    assert [stream.integer(0, 10**6) for _ in range(5)] == [96327, 732605, 796600, 391457, 234296]
    assert [round(number, 6) for number in islice(stream.evenly(), 3)] == [
        0.872949,
        0.11648,
        0.404451,
    ]


@given(seeds, st.text(), st.text())
def test_streams_differ_by_seed_and_name(seed: int, name: str, other: str) -> None:
    first = Stream(seed, name).random()
    assert first == Stream(seed, name).random()
    assert (first == Stream(seed, other).random()) == (name == other)
    assert first != Stream(seed + 1, name).random()


@given(seeds, st.integers(-50, 50), st.integers(0, 50))
def test_an_integer_lies_between_its_bounds(seed: int, low: int, more: int) -> None:
    stream = Stream(seed, "x")
    assert all(low <= stream.integer(low, low + more) <= low + more for _ in range(50))


@given(seeds, st.integers(0, 200), st.integers(0, 300))
def test_distinct_numbers_are_distinct_and_as_many_as_there_are(
    seed: int, population: int, size: int
) -> None:
    numbers = Stream(seed, "x").distinct(population, size)
    assert len(numbers) == len(set(numbers)) == min(population, size)
    assert all(0 <= number < population for number in numbers)


@given(seeds, st.integers(0, 200), st.floats(0, 1))
def test_a_share_is_exact(seed: int, population: int, rate: float) -> None:
    flags = Stream(seed, "x").share(population, rate)
    assert len(flags) == population
    assert set(flags) <= {0, 1}
    assert sum(flags) == int(population * rate + 0.5)


@given(seeds, st.lists(st.integers()))
def test_a_shuffle_keeps_every_item(seed: int, items: list[int]) -> None:
    shuffled = items.copy()
    Stream(seed, "x").shuffle(shuffled)
    assert Counter(shuffled) == Counter(items)


def test_a_shuffle_brings_every_item_to_every_place_equally_often() -> None:
    stream, seen = Stream(1, "x"), Counter[tuple[int, ...]]()
    for _ in range(6000):
        items = [0, 1, 2]
        stream.shuffle(items)
        seen[tuple(items)] += 1
    assert len(seen) == 6
    assert all(850 < number < 1150 for number in seen.values())  # five standard deviations


@given(seeds, st.integers(1, 3))
def test_even_numbers_lie_one_in_each_part_of_the_interval(seed: int, decks: int) -> None:
    numbers = list(islice(Stream(seed, "x").evenly(), STRATA * decks))
    assert all(0 <= number < 1 for number in numbers)
    parts = Counter(int(number * STRATA + 1e-9) for number in numbers)
    assert parts == dict.fromkeys(range(STRATA), decks)


def test_even_numbers_are_uniform_inside_their_parts_and_in_random_order() -> None:
    numbers = list(islice(Stream(7, "x").evenly(), 20_000))
    inside = [number * STRATA % 1 for number in numbers]
    assert abs(sum(inside) / len(inside) - 0.5) < 0.0105  # five standard deviations
    rising = sum(one < other for one, other in pairwise(numbers))
    assert abs(rising / len(numbers) - 0.5) < 0.02


def test_scattered_numbers_are_the_same_on_every_machine_in_any_order() -> None:
    numbers = Scattered(42, "User")
    backwards = [numbers[ordinal] for ordinal in reversed(range(3))]
    assert backwards[::-1] == [Scattered(42, "User")[ordinal] for ordinal in range(3)] == EXPECTED


EXPECTED = [7710485706720626301, 4752092150744948012, 7695332962568700437]


@given(seeds, st.text(), st.text())
def test_scattered_numbers_differ_by_seed_name_and_ordinal(
    seed: int, name: str, other: str
) -> None:
    first, second = Scattered(seed, name), Scattered(seed, other)
    assert (first[7] == second[7]) == (name == other)
    assert len({first[ordinal] for ordinal in range(1_000)}) == 1_000
    assert all(0 <= first[ordinal] < 2**64 for ordinal in (0, 1, 10**12))


def test_scattered_numbers_are_uniform_in_their_high_and_low_parts() -> None:
    numbers = Scattered(42, "uniform")
    for shift in (0, 30, 56):
        counts = Counter(numbers[ordinal] >> shift & 15 for ordinal in range(16_000))
        assert len(counts) == 16
        assert all(850 < count < 1_150 for count in counts.values())

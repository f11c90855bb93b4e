"""Ids: unique, ascending, valid, reversible, and never the same in two runs."""

from __future__ import annotations

import uuid
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt_seed.entities import ENTITIES
from autogpt_seed.ids import MAXIMUM_ORDINAL, RunTag, parse, table_code

tags = st.text("0123456789abcdef", min_size=15, max_size=15).map(RunTag)
tables = st.sampled_from(sorted(ENTITIES)) | st.text(max_size=20)
ordinals = st.integers(0, MAXIMUM_ORDINAL)


@given(tags, tables, ordinals)
def test_an_id_is_a_uuid_of_version_8_in_its_canonical_form(
    tag: RunTag, table: str, ordinal: int
) -> None:
    text = tag.ids(table)[ordinal]
    parsed = uuid.UUID(text)
    assert str(parsed) == text
    assert parsed.version == 8
    assert parsed.variant == uuid.RFC_4122


@given(tags, tables, ordinals)
def test_an_id_tells_its_run_table_and_ordinal(tag: RunTag, table: str, ordinal: int) -> None:
    text = tag.ids(table)[ordinal]
    for written in (text, text.upper()):
        found = parse(written)
        assert found is not None
        assert (found.tag, found.table_code, found.ordinal) == (tag, table_code(table), ordinal)


@given(tags, tables, ordinals, ordinals)
def test_ids_and_their_first_eight_characters_ascend_with_the_ordinal(
    tag: RunTag, table: str, one: int, other: int
) -> None:
    ids = tag.ids(table)
    assert (ids[one] < ids[other]) == (one < other)
    assert (ids[one][:8] < ids[other][:8]) == (one < other)
    assert ids.short(one) == ids[one][:8]


@given(tags, tags, tables, tables, ordinals, ordinals)
def test_two_runs_never_make_the_same_id(
    tag: RunTag, other_tag: RunTag, table: str, other_table: str, one: int, other: int
) -> None:
    same = tag.ids(table)[one] == other_tag.ids(other_table)[other]
    assert same == (
        tag == other_tag and table_code(table) == table_code(other_table) and one == other
    )


@given(tags, tables)
def test_ascending_ids_are_those_that_indexing_gives(tag: RunTag, table: str) -> None:
    ids = tag.ids(table)
    assert list(islice(ids.ascending(), 600)) == [ids[ordinal] for ordinal in range(600)]


def test_no_two_tables_of_the_platform_share_a_code() -> None:
    assert len({table_code(table) for table in ENTITIES}) == len(ENTITIES)


@given(st.uuids(version=4).map(str))
def test_the_ids_of_others_are_not_ours(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("text", ["", "x", "0" * 36, "7e7f2b1c-0000-8000-8000-00000000000"])
def test_what_is_no_id_is_not_ours(text: str) -> None:
    assert parse(text) is None


def test_an_id_below_the_first_of_its_run_is_not_ours() -> None:
    tag = RunTag("0123456789abcde")
    ids = tag.ids("User")
    assert parse(f"{tag.base - 1:08x}{ids.suffix}") is None


@pytest.mark.parametrize(
    "other", [("b", 1, "t", 0), ("a", 2, "t", 0), ("a", 1, "u", 0), ("a", 1, "t", 1)]
)
def test_plan_seed_as_of_and_number_of_earlier_runs_each_change_the_tag(
    other: tuple[str, int, str, int],
) -> None:
    assert RunTag.of("a", 1, "t", 0) == RunTag.of("a", 1, "t", 0)
    assert RunTag.of("a", 1, "t", 0) != RunTag.of(*other)

"""The plan: defaults, sources and their precedence, and errors that name the setting."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from autogpt_seed.errors import ConfigurationError
from autogpt_seed.overrides import Constant, Faked, Null
from autogpt_seed.plan import Plan, Range, load_plan, parse_assignment


def test_the_classic_profile_and_the_defaults_of_the_plan_are_the_same() -> None:
    assert load_plan() == Plan()


def test_as_of_is_today_at_midnight_utc() -> None:
    as_of = Plan().as_of
    assert as_of.time() == time()
    assert as_of.tzinfo is UTC
    assert as_of.date() == datetime.now(UTC).date()


def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_profile(
    tmp_path: Path,
) -> None:
    config = tmp_path / "seed.toml"
    config.write_text('users = 11\nblocks = 12\ngraphs_per_user = "2-3"\n')
    environment = {"AUTOGPT_SEED_USERS": "21", "AUTOGPT_SEED_BLOCKS": "22"}
    plan = load_plan(flags={"users": 31}, environment=environment, config=config)
    assert (plan.users, plan.blocks, plan.graphs_per_user) == (31, 22, Range(2, 3))
    assert plan.nodes_per_graph == Range(2, 5)


def test_variables_that_are_not_settings_are_left_alone() -> None:
    others = (*(f"AUTOGPT_SEED_{name}" for name in ("HOME", "INTO", "CONFIG")), "PATH")
    assert load_plan(environment=dict.fromkeys(others, "/x")) == Plan()


@pytest.mark.parametrize("text", ["3-7", "3 - 7"])
def test_a_range_is_written_with_a_dash(text: str) -> None:
    assert load_plan(flags={"executions_per_graph": text}).executions_per_graph == Range(3, 7)


def test_one_number_is_a_range_of_that_number() -> None:
    assert load_plan(flags={"executions_per_graph": "4"}).executions_per_graph == Range(4, 4)


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ({"users": 0}, "users = 0"),
        ({"users": -3}, "users = -3"),
        ({"users": "many"}, "users = many"),
        ({"reviews_per_version": "5-1"}, "reviews_per_version = 5-1"),
        ({"reviews_per_version": "-1-5"}, "reviews_per_version = -1-5"),
        ({"reviews_per_version": "a-b"}, "reviews_per_version = a-b"),
        ({"graphs_per_user": [1.9, 3.9]}, "graphs_per_user = [1.9, 3.9]"),
        ({"graphs_per_user": [True, 4]}, "graphs_per_user = [True, 4]"),
        ({"graphs_per_user": 2.5}, "graphs_per_user = 2.5"),
        ({"video_rate": 1.5}, "video_rate = 1.5"),
        ({"video_rate": "nan"}, "video_rate = nan"),
        ({"onboarding_rate": -0.1}, "onboarding_rate = -0.1"),
        ({"images": "cats"}, "images = cats"),
        ({"as_of": "yesterday"}, "as_of = yesterday"),
        ({"as_of": "1066-10-14"}, "as_of = 1066-10-14"),
        ({"as_of": "0001-01-01T00:00:00+14:00"}, "between the years 2000 and 2200"),
        ({"users": 10_000_001}, "users = 10000001"),
        ({"seed": 2**63}, "seed = 9223372036854775808"),
        ({"seed": "x"}, "seed = x"),
        ({"userz": 5}, "userz"),
    ],
)
def test_a_bad_setting_is_named_with_its_value(flags: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_plan(flags=flags)
    assert named in str(caught.value)
    assert "the command line" in str(caught.value)


def test_an_unknown_setting_brings_a_suggestion() -> None:
    with pytest.raises(ConfigurationError, match="did you mean users"):
        load_plan(environment={"AUTOGPT_SEED_USRES": "5"})


def test_every_bad_setting_is_reported_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_plan(flags={"users": 0, "blocks": 0})
    assert "users = 0" in str(caught.value)
    assert "blocks = 0" in str(caught.value)


def test_an_unknown_profile_lists_the_known() -> None:
    with pytest.raises(ConfigurationError, match="classic"):
        load_plan(flags={"profile": "baroque"})


@pytest.mark.parametrize("content", [b"users: 5\n", b'for_user = "J\xf6rg"\n'])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    config = tmp_path / "seed.yaml"
    config.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"seed\.yaml is not TOML"):
        load_plan(config=config)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_plan(config=tmp_path / "none.toml")


def test_an_assignment_needs_an_equals_sign() -> None:
    assert parse_assignment(" users = 5 ") == ("users", "5")
    for text in ("users", " =5"):
        with pytest.raises(ConfigurationError, match="--set"):
            parse_assignment(text)
    with pytest.raises(ConfigurationError, match=r"^--autogpt-seed-set 'users' is not"):
        parse_assignment("users", "--autogpt-seed-set")


def test_the_digest_tells_plans_apart_but_not_seeds_or_days() -> None:
    plan = Plan()
    assert plan.digest() == Plan(seed=7, as_of=datetime(2020, 1, 1, tzinfo=UTC)).digest()
    assert plan.digest() != Plan(users=101).digest()


def test_as_of_reads_back_as_it_is_written() -> None:
    for text in ("2026-01-31", "2026-01-31T12:30:00Z"):
        plan = load_plan(flags={"as_of": text})
        assert plan.as_of_text() == text
        assert load_plan(flags={"as_of": plan.as_of_text()}).as_of == plan.as_of


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-01-31T02:30:00+02:00", "2026-01-31T00:30:00Z"),
        ("2026-01-31T12:00:00.0049", "2026-01-31T12:00:00.004000Z"),
        (date(2026, 1, 31), "2026-01-31"),
    ],
)
def test_as_of_is_in_utc_and_in_whole_milliseconds(given: object, read: str) -> None:
    assert load_plan(flags={"as_of": given}).as_of_text() == read


def test_overrides_of_columns_come_from_all_sources_and_are_merged(tmp_path: Path) -> None:
    config = tmp_path / "seed.toml"
    config.write_text(
        '[columns.User]\ntimezone = "Europe/Paris"\nname = {faker = "name"}\n'
        '[columns."New Table"]\nstatus = {choice = ["a", "b"]}\nsince = 2026-01-01\n'
    )
    plan = load_plan(
        flags={'columns."New Table".status': "{null = true}", "columns.User.age": "5"},
        environment={"AUTOGPT_SEED_COLUMNS": '{"User": {"timezone": "Asia/Tokyo"}}'},
        config=config,
    )
    assert plan.columns == {
        "User": {
            "timezone": Constant(constant="Asia/Tokyo"),
            "name": Faked(faker="name"),
            "age": Constant(constant=5),
        },
        "New Table": {"status": Null(null=True), "since": Constant(constant=date(2026, 1, 1))},
    }
    assert Plan.model_validate(plan.model_dump()) == plan


def test_overrides_that_are_merged_leave_the_callers_own_as_they_are() -> None:
    own = {"User": {"name": "x"}}
    plan = load_plan(flags={"columns": own, "columns.User.age": "5"})
    assert plan.columns["User"].keys() == {"name", "age"}
    assert own == {"User": {"name": "x"}}


@pytest.mark.parametrize("document", ["{}", '{"a": 1}', '{"a": {}}'])
def test_an_object_of_json_is_set_as_its_text(document: str) -> None:
    plan = load_plan(flags={"columns.User.metadata": document})
    assert plan.columns == {"User": {"metadata": Constant(constant=document)}}


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ({"columns.User.z": "{wrong = 1}"}, "columns.User.z"),
        ({"columns.User.z": "{wrong = 1}"}, "JSON as its text"),
        ({"columns.User.z": "{faker = 1}"}, "columns.User.z"),
        ({"columns.User.z": '{faker = "nam"}'}, "'nam' is no provider of Faker ('name' is one)"),
        ({"columns.User.z": '{sequence = "x"}'}, '{sequence = "x-{n}"}'),
        ({"columns.User.z": "{choice = []}"}, "columns.User.z"),
        ({"columns.User": "3"}, "columns.User"),
        ({"columns": "User"}, "JSON"),
        ({"columns.New Table.z": "1"}, "New Table"),
        ({"tables": "some"}, "tables"),
    ],
)
def test_an_override_that_cannot_be_understood_is_named(flags: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_plan(flags=flags)
    assert named in str(caught.value)


def test_overrides_and_the_choice_of_tables_count_in_the_digest() -> None:
    plain = Plan()
    assert Plan(tables="all").digest() != plain.digest()
    assert load_plan(flags={"columns.User.name": "x"}).digest() != plain.digest()
    assert Plan(tables="known", columns={}).digest() == plain.digest()


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("users", True, "should be a whole number"),
        ("columns", 3, "should be a table of settings"),
        ("deterministic_keys", "perhaps", "should be true or false"),
        ("images", True, "should be 'picsum' or 'none'"),
        ("for_user", 3, "should be a string"),
    ],
)
def test_what_is_wrong_is_said_without_words_of_python(
    tmp_path: Path, setting: str, value: object, words: str
) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(f"{setting} = {json.dumps(value)}\n")
    with pytest.raises(ConfigurationError) as caught:
        load_plan(config=file)
    assert caught.value.sentence.endswith(f"{setting} = {value} (from {file}): {words}")


def test_the_settings_are_listed_only_where_a_name_is_unknown_on_lines_that_fit() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_plan(flags={"users": "0", "blocks": "many"})
    assert caught.value.evidence == (
        "- users = 0 (from the command line): should be greater than or equal to 1\n"
        "- blocks = many (from the command line): should be a whole number"
    )
    assert caught.value.remedy == ""
    with pytest.raises(ConfigurationError) as caught:
        load_plan(flags={"usrs": "0"})
    assert "webhook_rate" in caught.value.remedy
    assert max(map(len, caught.value.remedy.splitlines())) <= 76

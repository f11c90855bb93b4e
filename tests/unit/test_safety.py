"""How a database is named, and what is said before it must be."""

from __future__ import annotations

import pytest

from autogpt_seed.database.url import parse_url
from autogpt_seed.safety import refusal


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://me:pw@db.example.org/shop", "shop@db.example.org"),
        ("postgresql://me:pw@db.example.org:5432/shop?schema=platform", "shop@db.example.org"),
        ("postgresql://me:pw@127.0.0.1:5433/shop", "shop@127.0.0.1:5433"),
        ("postgresql://me@[::1]/shop", "shop@::1"),
        ("postgresql://me@a,b:5433/shop", "shop@a,b:5433"),
        ("postgresql://me@/shop?host=/var/run/postgresql", "shop@/var/run/postgresql"),
        ("postgresql://me@/shop", "shop@localhost"),
    ],
)
def test_a_database_is_named_by_itself_and_its_host(url: str, place: str) -> None:
    assert parse_url(url, {}).place == place


def test_the_refusal_tells_the_number_and_the_name() -> None:
    error = refusal("shop@localhost", 1, replicas=False)
    assert error.sentence == "The database shop@localhost holds 1 user that no run made."
    assert error.evidence == ""
    assert error.remedy.endswith("--into shop@localhost")
    assert error.exit_status == 5


def test_what_people_use_has_warnings_of_its_own() -> None:
    error = refusal("shop@localhost", 1000, replicas=True)
    assert "1,000 or more users" in error.sentence
    many, replicas = error.evidence.splitlines()
    assert "people use" in many
    assert "replicas" in replicas


@pytest.mark.parametrize(("unseeded", "many"), [(49, False), (50, True)])
def test_so_many_users_are_a_warning(unseeded: int, many: bool) -> None:
    error = refusal("shop@localhost", unseeded, replicas=False)
    assert ("people use" in error.evidence) is many

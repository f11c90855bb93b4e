"""The README's examples, run as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from autogpt_seed.plan import Plan, load_plan
from autogpt_seed.updating import UpdateSettings
from autogpt_seed.verification import VerifySettings
from tests import transcripts
from tests.transcripts import Transcript

TEXT = transcripts.README.read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with transcripts.used_home() as home:
        yield home


@pytest.mark.parametrize("shown", transcripts.read(), ids=lambda shown: shown.command)
def test_a_transcript_is_what_the_command_prints(shown: Transcript, home: Path) -> None:
    printed = shown.of(transcripts.run(shown.command, home))
    assert transcripts.masked(printed) == transcripts.masked(shown.text)


def test_the_library_example_seeds_a_database(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    example = next(block for block in blocks("python") if "asyncio.run(populate" in block)
    exec(example.replace("postgresql://user:password@localhost/db?schema=platform", database), {})
    tag, total, listings = capsys.readouterr().out.split()
    assert re.fullmatch("[0-9a-f]{15}", tag)
    assert int(total) > int(listings) > 0


def test_the_fixtures_example_passes(
    pytester: pytest.Pytester, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUITE_SERVER", server_url)
    example = next(block for block in blocks("python") if "autogpt_engine" in block)
    server = (
        "import os, pytest\n\n"
        "@pytest.fixture(scope='session')\n"
        "def autogpt_server():\n    return os.environ['SUITE_SERVER']\n\n"
    )
    pytester.makepyfile(server + example)
    pytester.makepyprojecttoml(next(block for block in blocks("toml") if "pytest" in block))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)
    assert "Warning" not in result.stdout.str() + result.stderr.str()


def test_the_configuration_example_is_valid(tmp_path: Path) -> None:
    config = tmp_path / "seed.toml"
    config.write_text(next(block for block in blocks("toml") if "pytest" not in block))
    assert load_plan(config=config).users == 500


@pytest.mark.parametrize(
    ("document", "model"),
    [
        ("README.md", Plan),
        ("docs/runs.md", UpdateSettings),
        ("docs/verify.md", VerifySettings),
    ],
)
def test_a_table_of_settings_has_each_with_its_default(
    document: str, model: type[BaseModel]
) -> None:
    text = (transcripts.README.parent / document).read_text("utf-8")
    table = text.partition("| setting | default | |\n")[2].partition("\n\n")[0]
    shown: dict[str, str] = {}
    for names, defaults in re.findall(r"^\| (`.+?`) \| (.*?) ?\|", table, re.MULTILINE):
        named = re.findall(r"`(\w+)`", names)
        shown |= zip(named, defaults.split(", ") if len(named) > 1 else [defaults], strict=True)
    assert shown.keys() == model.model_fields.keys() - {"profile"}
    assert shown.pop("as_of", "today, 00:00 UTC") == "today, 00:00 UTC"
    read = model.model_validate({name: default for name, default in shown.items() if default})
    assert read.model_dump(exclude={"as_of"}) == model().model_dump(exclude={"as_of"})
    unset = {name for name, default in shown.items() if not default}
    assert not any(getattr(model(), name) for name in unset)

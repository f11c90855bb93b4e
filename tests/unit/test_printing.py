"""What reports look like where standard output is no terminal: 80 columns."""

from __future__ import annotations

import pytest

from autogpt_seed.cli.printing import counted, print_facts, print_rows

PROSE = "indexes and keys suspended: 40,521 new rows meet 40,555 old ones in 5 tables, all of them"
COMMAND = "autogpt-seed populate --seed 42 --as-of 2026-11-22 --set images=none --set tables=all"


def test_a_long_fact_goes_on_below_itself(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts([("Loaded", "7 rows"), ("Loaded", PROSE), ("Keys", f"in /{'x' * 90}-y z")])
    assert capsys.readouterr().out.splitlines() == [
        "Loaded   7 rows",
        "         indexes and keys suspended: 40,521 new rows meet 40,555 old ones in 5",
        "         tables, all of them",
        "Keys     in",
        f"         /{'x' * 90}-y",
        "         z",
    ]


@pytest.mark.parametrize("label", ["Repeat", "Next"])
def test_a_command_is_on_one_line_so_that_it_can_be_copied(
    label: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_facts([(label, COMMAND)])
    assert capsys.readouterr().out == f"{label:<9}{COMMAND}\n"


def test_a_name_between_colons_is_no_emoji(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts([("File", "a:x:b.gz, 7 bytes")])
    assert capsys.readouterr().out == "File     a:x:b.gz, 7 bytes\n"


def test_one_is_told_in_the_singular_and_thousands_are_told_apart() -> None:
    told = [counted(number, "version") for number in (0, 1, 2, 2_000)]
    assert told == ["0 versions", "1 version", "2 versions", "2,000 versions"]


def test_no_table_is_printed_of_no_rows(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows({})
    assert capsys.readouterr().out == ""

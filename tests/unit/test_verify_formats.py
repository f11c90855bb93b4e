"""The report of a verification for machines: read back by their own parsers."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from autogpt_seed.cli.durations import parse_duration
from autogpt_seed.cli.verify_formats import as_junit, as_tap
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.verification import Check, Outcome, load_settings
from tests.unit.test_verify_report import CHECKS, report

HOSTILE = Check("x.y", "# a \\ <b> & \x00", Outcome.FAILED, ('say "no"\n]]>',), "-", "v")


def test_junit_has_a_case_for_each_check_with_failures_and_errors_told_apart() -> None:
    suite = ElementTree.fromstring(as_junit(report(*CHECKS, HOSTILE)))
    cases = suite.findall("testcase")
    assert [case.get("classname") for case in cases] == [
        f"verify.{check.code}" for check in (*CHECKS, HOSTILE)
    ]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("5", "2", "1")
    assert [case[0].tag for case in cases] == [
        "system-out",
        "system-out",
        "error",
        "failure",
        "failure",
    ]
    assert "a: 1, not 2" in (cases[3][0].text or "")


def test_tap_has_a_point_for_each_check_and_says_what_is_not_ok() -> None:
    lines = as_tap(report(*CHECKS, HOSTILE)).splitlines()
    assert lines[:2] == ["TAP version 14", "1..5"]
    points = [line.partition(" - ")[0] for line in lines if " - " in line and "ok" in line[:6]]
    assert points == ["ok 1", "ok 2", "not ok 3", "not ok 4", "not ok 5"]
    assert any("\\# a \\\\ <b>" in line for line in lines)
    assert lines.count("  ---") == lines.count("  ...") == 5


def test_warnings_are_known_to_the_report() -> None:
    assert report(*CHECKS[:2]).warned
    assert not report(CHECKS[0]).warned


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200)])
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text, "--every") == seconds


@pytest.mark.parametrize("text", ["", "soon", "-1", "5 days"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a duration"):
        parse_duration(text, "--every")


def test_settings_are_read_and_what_is_wrong_is_named() -> None:
    settings = load_settings({"graphs": "3", "executions_per_graph": "2-4"})
    assert (settings.graphs, str(settings.executions_per_graph)) == (3, "2-4")
    for wrong in ({"graphs": "0"}, {"grafs": "1"}, {"executions_per_graph": "4-2"}):
        with pytest.raises(ConfigurationError, match=next(iter(wrong))):
            load_settings(wrong)

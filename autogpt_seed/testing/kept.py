"""Tells at the end of the session which databases `--keep-failed` left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autogpt_seed.database.target import Target


def shown(target: Target) -> str:
    """How to name a kept database: on the embedded server by its URL, whose password is of use on
    this machine only; elsewhere without its password."""
    own = any(f"{_scratch_home()}/" in host for host in target.hosts)
    return target.url() if own else str(target)


def _scratch_home() -> Path:
    from autogpt_seed.testing import scratch_server

    return scratch_server().data_folder.parents[2]


class KeptDatabases:
    """A plugin that learns of them from the reports of the tests, those of xdist's workers too."""

    def __init__(self) -> None:
        self._reports: list[Any] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if hasattr(report, "autogpt_seed_kept"):
            self._reports.append(report)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._reports:
            return
        terminalreporter.section("databases of failed tests")
        for report in self._reports:
            terminalreporter.write_line(f"{report.nodeid}\n    {report.autogpt_seed_kept}")
        home = _scratch_home()
        if any(f"{home}/" in report.autogpt_seed_kept for report in self._reports):
            terminalreporter.write_line(
                "The embedded server runs on for them, and is stopped by\n"
                f"    AUTOGPT_SEED_HOME={home} autogpt-seed db stop"
            )

"""Lists at the end of a session the databases that `--keep-failed` left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autogpt_seed.database.target import Target


def shown(target: Target) -> str:
    """The URL of a kept database. Its password is shown on the embedded server only, where it is
    of use on this machine alone."""
    own = any(f"{_scratch_home()}/" in host for host in target.hosts)
    return target.url() if own else str(target)


def _scratch_home() -> Path:
    from autogpt_seed.testing import scratch_server

    return scratch_server().data_folder.parents[2]


class KeptDatabases:
    """A plugin that finds them in the reports of tests, also in those of xdist's workers."""

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

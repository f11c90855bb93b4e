"""What a verification found: checks with evidence, the answers to its questions, the figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from autogpt_seed.database.cron.jobs import CronStatus
from autogpt_seed.views import Refresh, ViewFigures


class Outcome(StrEnum):
    """How a check ended, from good to bad."""

    PASSED = "passed"
    WARNING = "warning"
    INCONCLUSIVE = "inconclusive"
    FAILED = "failed"


@dataclass(frozen=True)
class Check:
    """One thing that was checked. `code` is stable and `subject` the view that it is about, if any.

    `evidence` holds one fact a line. `remedy` is what to do; a check that passed has none.
    """

    code: str
    title: str
    outcome: Outcome
    evidence: tuple[str, ...] = ()
    remedy: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Answer:
    """A question of the user's, "yes", "no" or "cannot verify", and why."""

    question: str
    answer: str
    why: str


@dataclass(frozen=True)
class VerificationReport:
    """What `verify` did and found. `injected` counts the rows of each table.

    With `committed` they are in the database, marked by `run_tag`; else nothing of them is left,
    which is one of the checks. `refresh` is None where the refresh failed.
    """

    schema: str
    server_version: int
    run_tag: str
    committed: bool
    injected: dict[str, int]
    before: ViewFigures
    after: ViewFigures
    refresh: Refresh | None
    cron: CronStatus
    checks: tuple[Check, ...]
    answers: tuple[Answer, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether everything that was checked holds."""
        bad = {Outcome.FAILED, Outcome.INCONCLUSIVE}
        return not any(check.outcome in bad for check in self.checks)

    @property
    def warned(self) -> bool:
        """Whether there is any warning."""
        return any(check.outcome is Outcome.WARNING for check in self.checks)

    @property
    def exit_status(self) -> int:
        """0, or 1 when a check failed or could not be made conclusive."""
        return 0 if self.ok else 1

    def as_json(self) -> dict[str, Any]:
        """The report in JSON's own types."""
        document: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return document | {"ok": self.ok, "exit_status": self.exit_status}


_ADAPTER = TypeAdapter(VerificationReport)

"""The errors that autogpt-seed raises on purpose: a sentence, the evidence, the remedy."""

from collections.abc import Sequence

_SHOWN = 8


class SeedError(Exception):
    """Root of every error that is reported to the user as a message, not as a traceback.

    `sentence` says what is wrong and where, `evidence` what was seen (a server's message,
    a list of names), `remedy` what to do or type next. None of them may hold a secret.
    `exit_status` is the status with which the command line ends.
    """

    exit_status = 1

    def __init__(self, sentence: str, *, evidence: str = "", remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.evidence = evidence
        self.remedy = remedy

    def __str__(self) -> str:
        return "\n".join(part for part in (self.sentence, self.evidence, self.remedy) if part)


class CheckFailed(SeedError):
    """A check did not hold, or could not be made conclusive."""

    exit_status = 1


class ConfigurationError(SeedError):
    """The command, a setting, a file or a connection string is wrong, or does not fit."""

    exit_status = 2


class DatabaseUnreachable(SeedError):
    """No session with the database could be opened, or it was lost."""

    exit_status = 3


class DatabaseUnsuitable(SeedError):
    """The database was reached and cannot be worked on: schema, rights, read-only, contents."""

    exit_status = 4


class RefusedForSafety(SeedError):
    """The work was possible and was refused, because it might do harm."""

    exit_status = 5


class DatabaseNotNamed(RefusedForSafety):
    """The database holds what no run made, and was not named. `place` is how it is named."""

    def __init__(self, sentence: str, *, place: str, evidence: str = "", remedy: str = "") -> None:
        super().__init__(sentence, evidence=evidence, remedy=remedy)
        self.place = place


def first_of(names: Sequence[str]) -> str:
    """Names as evidence: the first eight, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more

"""Groups of options that several commands have, and what makes a command out of them."""

from __future__ import annotations

import functools
import logging
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, is_dataclass, replace
from inspect import Parameter, Signature, cleandoc, signature
from typing import TYPE_CHECKING

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.targeting import ChosenTarget, choose_target

if TYPE_CHECKING:
    from autogpt_seed.unit_of_work import Timeouts


@dataclass(frozen=True)
class DatabaseOptions:
    """Which database a command works on, and how long it waits for it."""

    database_url: options.DatabaseUrl = field(default=None, repr=False)
    schema: options.Schema = None
    lock_timeout: options.LockTimeout = 30
    statement_timeout: options.StatementTimeout = 3600

    @property
    def timeouts(self) -> Timeouts:
        """The limits of the command's transaction."""
        from autogpt_seed.unit_of_work import Timeouts

        return Timeouts(self.lock_timeout, self.statement_timeout)

    @contextmanager
    def choose(self, *, migrated: bool = True) -> Iterator[ChosenTarget]:
        """The target, see `choose_target`. Its `options` name the schema, too, if it was given."""
        schema = f" --schema {shlex.quote(self.schema)}" if self.schema else ""
        with choose_target(self.database_url, migrated=migrated) as chosen:
            yield replace(chosen, options=chosen.options + schema)


@dataclass(frozen=True)
class MigratedDatabaseOptions(DatabaseOptions):
    """The same, where the schema is made if it is missing."""

    schema: options.SchemaToMake = None


@dataclass(frozen=True)
class Verbosity:
    """How much is printed. `main` reads `debug` before the command line is parsed."""

    quiet: options.Quiet = False
    verbose: options.Verbose = False
    debug: options.Debug = False

    def set_up_logging(self) -> None:
        """Send the package's log lines to standard error."""
        level = logging.WARNING
        if self.quiet:
            level = logging.ERROR
        elif self.verbose:
            level = logging.INFO
        logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
        logging.getLogger("autogpt_seed").setLevel(level)

    def announce(self, line: str) -> None:
        """Print what is about to be done: to standard output if it is a terminal, else to standard
        error, so that the output is the report alone."""
        if not self.quiet:
            typer.echo(line, err=not sys.stdout.isatty())


@dataclass(frozen=True)
class Output(Verbosity):
    """How much is printed, and the format of the report."""

    report_format: options.ReportFormat = "text"

    @property
    def json(self) -> bool:
        """Whether the report is one JSON document. It is printed even if `quiet`."""
        return self.report_format == "json"

    @property
    def text(self) -> bool:
        """Whether the report is printed for a person to read."""
        return not self.quiet and not self.json

    def announce(self, line: str) -> None:
        """The same, unless only the JSON document is wanted."""
        if self.text:
            super().announce(line)


def as_command(function: Callable[..., None]) -> Callable[..., None]:
    """The command that typer is given for `function`.

    Where the function has a parameter such as `database: DatabaseOptions`, the command has the
    options of that group, and passes them as one object. It sets logging up before. Its help is
    wrapped to the width of the terminal, where Typer would keep the lines of the docstring.
    """
    groups: dict[str, Callable[..., object]] = {}
    parameters: list[Parameter] = []
    for parameter in signature(function, eval_str=True).parameters.values():
        group = parameter.annotation
        if isinstance(group, type) and is_dataclass(group):
            groups[parameter.name] = group
            parameters += _options_of(group)
        else:
            parameters.append(parameter)

    @functools.wraps(function)
    def command(**values: object) -> None:
        for name, group in groups.items():
            members = [option.name for option in _options_of(group)]
            values[name] = made = group(**{member: values.pop(member) for member in members})
            if isinstance(made, Verbosity):
                made.set_up_logging()
        function(**values)

    paragraphs = cleandoc(function.__doc__ or "").split("\n\n")
    command.__doc__ = "\n\n".join(" ".join(text.split()) for text in paragraphs)
    # The attribute that `inspect.signature` reads first.
    vars(command)["__signature__"] = Signature(parameters)
    return command


@functools.cache
def _options_of(group: Callable[..., object]) -> tuple[Parameter, ...]:
    fields = signature(group, eval_str=True).parameters.values()
    return tuple(option.replace(kind=Parameter.KEYWORD_ONLY) for option in fields)

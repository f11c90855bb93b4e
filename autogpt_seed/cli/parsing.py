"""How commands take their options: typer's way, in words for those who do not know Python."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from autogpt_seed.settings import in_plain_words

# What typer hands to these methods is of types that are private to it.


class Command(TyperCommand):
    """A command whose help does not give the option --help a type."""

    def get_help_option(self, ctx: Any) -> Any:
        return _without_type(super().get_help_option(ctx))


class Commands(TyperGroup):
    """Such commands; what is wrong with the value of an option is said in plain words.

    Where nobody reads any more, the exit status is that of a program which SIGPIPE ended.
    """

    def get_help_option(self, ctx: Any) -> Any:
        return _without_type(super().get_help_option(ctx))

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = in_plain_words(error.message)
            raise
        except BrokenPipeError:
            # What is written at the end goes nowhere (Python's docs, "Note on SIGPIPE").
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(128 + signal.SIGPIPE)


def _without_type(option: Any) -> Any:
    if option is not None:
        option.metavar = ""
    return option

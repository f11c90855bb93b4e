"""Typer's commands, with help and errors for people who do not know Python."""

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
    """A group of such commands, which says in plain words what is wrong with an option's value.

    When the reader of its output is gone, it exits with the status of a program ended by SIGPIPE.
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

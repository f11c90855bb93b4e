"""The classes of the commands, with help and errors for people who do not know Python."""

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
    """A command whose help gives no type to the option --help, nor to arguments, whose names tell
    what they are."""

    def get_help_option(self, ctx: Any) -> Any:
        return _without_type(super().get_help_option(ctx))

    def get_params(self, ctx: Any) -> Any:
        params: list[Any] = super().get_params(ctx)
        for argument in (param for param in params if param.param_type_name == "argument"):
            argument.display_type_rich = _no_type
        return params


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


def _no_type(**_: object) -> None:
    """What Typer asks an argument for when it prints its help."""

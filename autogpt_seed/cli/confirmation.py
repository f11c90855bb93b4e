"""Confirmation at the terminal: the name of a database with users that no run made is typed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import typer

from autogpt_seed.errors import DatabaseNotNamed

T = TypeVar("T")


def with_name(work: Callable[[str | None], T], into: str | None) -> T:
    """The result of `work(into)`; where that raises `DatabaseNotNamed`, of `work` with the name
    that is typed at the terminal.

    `work` has ended while the question is asked, so nothing is locked. Without a terminal the
    refusal is raised.
    """
    try:
        return work(into)
    except DatabaseNotNamed as refusal:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        return work(_ask(refusal))


def _ask(refusal: DatabaseNotNamed) -> str:
    for line in filter(None, (refusal.sentence, *refusal.evidence.splitlines())):
        typer.echo(line, err=True)
    question = f"If it is the one that you mean, type its name, {refusal.place}"
    try:
        return str(typer.prompt(question, err=True)).strip()
    except typer.Abort:  # the end of the input
        raise refusal from None

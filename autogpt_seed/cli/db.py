"""The commands `db start`, `db stop`, `db url`, `db reset`: the embedded PostgreSQL."""

from __future__ import annotations

from typing import Annotated

import typer

from autogpt_seed.cli import options
from autogpt_seed.cli.targeting import DATABASE, embedded_target
from autogpt_seed.cli.typer_classes import Command, Commands
from autogpt_seed.errors import RefusedForSafety

app = typer.Typer(
    cls=Commands,
    help="The embedded PostgreSQL: start, stop, url, reset.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command(cls=Command)
def start(
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            min=1024,  # those below are root's, and PostgreSQL does not run as root
            max=65535,
            metavar="PORT",
            help="Also listen on this port of 127.0.0.1 (above 1023).",
        ),
    ] = None,
    debug: options.Debug = False,
) -> None:
    """Start it, with the migrated database, and keep it running for other programs.

    A running one is restarted if it listens on another port, or on none.
    """
    from autogpt_seed.database.embedded import EmbeddedServer

    server = EmbeddedServer()
    if server.start(port):
        typer.echo("It was restarted, which ended all open sessions.", err=True)
    with embedded_target(migrated=True):
        pass
    typer.echo(server.url(DATABASE))


@app.command(cls=Command)
def stop(debug: options.Debug = False) -> None:
    """Stop it. The data are kept."""
    from autogpt_seed.database.embedded import EmbeddedServer

    typer.echo("Stopped." if EmbeddedServer().stop() else "It was not running.")


@app.command(cls=Command)
def url(debug: options.Debug = False) -> None:
    """Print the URL of its database, password included, while it runs (see db start)."""
    from autogpt_seed.database.embedded import EmbeddedServer

    typer.echo(EmbeddedServer().url(DATABASE))


@app.command(cls=Command)
def reset(
    yes: Annotated[
        bool, typer.Option("--yes", "-y", metavar="", help="Do not ask for confirmation.")
    ] = False,
    debug: options.Debug = False,
) -> None:
    """Stop it and delete its data folder, with everything in it."""
    from autogpt_seed.database.embedded import EmbeddedServer

    server = EmbeddedServer()
    if not (yes or _agreed(f"Delete {server.data_folder} and all data in it?")):
        raise RefusedForSafety("Nothing was deleted.", remedy="To skip the question, add --yes.")
    server.reset()
    typer.echo("Deleted. The next command makes a new one.")


def _agreed(question: str) -> bool:
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:  # there is nobody to ask
        return False

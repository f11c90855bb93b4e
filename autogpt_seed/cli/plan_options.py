"""The options of the plan: what a marketplace is made of."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from autogpt_seed.choices import BlockSource, Tables
from autogpt_seed.cli.options import DATA, assignments
from autogpt_seed.overrides import expand_dotted, merge_into
from autogpt_seed.plan import Plan, load_plan, parse_assignment, profiles, read_file

Users = Annotated[
    int | None,
    typer.Option(
        "--users", metavar="N", help="Number of users. Default: 100.", rich_help_panel=DATA
    ),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", help="The seed. Default: 42.", rich_help_panel=DATA),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="The time that counts as now in the data. Default: today.",
        rich_help_panel=DATA,
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help=f"Named defaults: {', '.join(profiles())}.",
        rich_help_panel=DATA,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Settings from a TOML file.", rich_help_panel=DATA
    ),
]
ColumnsOf = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Values for columns that a fork added, as in populate's file.",
        rich_help_panel=DATA,
    ),
]
Settings = Annotated[
    list[str] | None, assignments("One setting, such as executions_per_graph=5-50.")
]
Blocks = Annotated[
    BlockSource | None,
    typer.Option(
        "--blocks",
        metavar="WHICH",
        help="existing, generate or auto: the platform's own, if any. Default: auto.",
        rich_help_panel=DATA,
    ),
]
ForUser = Annotated[
    str | None,
    typer.Option(
        "--for-user",
        metavar="EMAIL",
        help="Also give agents to this existing user.",
        rich_help_panel=DATA,
    ),
]
TableChoice = Annotated[
    Tables | None,
    typer.Option(
        "--tables",
        metavar="WHICH",
        help="known; all: also a few rows in the others. Default: known.",
        rich_help_panel=DATA,
    ),
]


@dataclass(frozen=True)
class PlanOptions:
    """The options of populate that make up its plan."""

    users: Users = None
    seed: Seed = None
    as_of: AsOf = None
    profile: Profile = None
    config: Config = None
    settings: Settings = None
    blocks: Blocks = None
    for_user: ForUser = None
    tables: TableChoice = None

    def plan(self) -> Plan:
        """The plan of these options, the environment and the file."""
        return make_plan(
            self.config,
            self.settings,
            users=self.users,
            seed=self.seed,
            as_of=self.as_of,
            profile=self.profile,
            block_source=self.blocks,
            for_user=self.for_user,
            tables=self.tables,
        )


def make_plan(config: Path | None, settings: list[str] | None, **flags: object) -> Plan:
    """The plan of the command line. A flag such as --users takes precedence over --set."""
    return load_plan(flags=given(settings, **flags), environment=os.environ, config=config)


def given(settings: list[str] | None, **flags: object) -> dict[str, object]:
    """The settings on the command line: those of --set, and over them the flags that are given."""
    return assigned(settings) | {key: value for key, value in flags.items() if value is not None}


def assigned(settings: list[str] | None) -> dict[str, str]:
    """The settings of --set."""
    return dict(map(parse_assignment, settings or ()))


def with_columns(config: Path | None, values: Mapping[str, object]) -> dict[str, Any]:
    """The table `columns` of a configuration file of populate, and over it these `values`."""
    columns = read_file(config).get("columns", {}) if config else {}
    settings: dict[str, Any] = {"columns": columns} if columns else {}
    merge_into(settings, expand_dotted(values))
    return settings

"""What `populate` prints: the target, the plan, the report, and what to type next."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from autogpt_seed.cli import options
from autogpt_seed.cli.targeting import Chosen
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import PopulateReport


def announce(chosen: Chosen, plan: Plan) -> None:
    """Say what is about to be worked on, before anything is done."""
    size = f"{plan.users} users, seed {plan.seed}, as of {plan.as_of_text()}"
    options.announce(f"Seeding {chosen.name}: {size}")


def render(report: PopulateReport, chosen: Chosen, api_keys_out: Path | None) -> None:
    """The report for a person."""
    out = options.console()
    out.print(_rows_table(report.rows, total=_total(report)))
    for label, text in _facts(report, chosen, api_keys_out):
        out.print(f"{label:<8} {text}", markup=False, soft_wrap=True)
    for note in report.notes:
        out.print(f"Note     {note.text}", markup=False, soft_wrap=True)


def render_plan(plan: Plan, rows: dict[str, int]) -> None:
    """The plan and its row counts for a person, for `--dry-run`."""
    out = options.console()
    for name, value in _plan(plan).items():
        out.print(f"{name:<26} {value}", markup=False)
    out.print(_rows_table(rows, total=f"{sum(rows.values()):,} rows"))
    out.print("Nothing was contacted. To do it: the same command without --dry-run.")


def plan_as_json(plan: Plan, rows: dict[str, int]) -> str:
    """The plan and its row counts as one JSON document."""
    return json.dumps({"plan": _plan(plan), "rows": rows, "total_rows": sum(rows.values())})


def as_json(report: PopulateReport, chosen: Chosen) -> str:
    """The report as one JSON document."""
    document: dict[str, Any] = {
        "target": chosen.name,
        "schema": report.schema,
        "server_version": report.server_version,
        "committed": report.committed,
        "run_tag": report.run_tag,
        "plan": _plan(report.plan),
        "rows": report.rows,
        "total_rows": report.total_rows,
        "seconds": {name: round(value, 4) for name, value in report.seconds.items()},
        "refresh": asdict(report.refresh),
        "views": asdict(report.figures),
        "notes": [asdict(note) for note in report.notes],
        "look_at": report.look_at,
        "repeat": repeat_command(report.plan),
    }
    return json.dumps(document, default=str)


def repeat_command(plan: Plan) -> str:
    """The command that makes the same marketplace again."""
    words = ["autogpt-seed populate", f"--seed {plan.seed}", f"--as-of {plan.as_of_text()}"]
    if plan.profile != "classic":
        words.append(f"--profile {plan.profile}")
    defaults = Plan(profile=plan.profile, seed=plan.seed, as_of=plan.as_of)
    for name, value in _plan(plan).items():
        if value != _plan(defaults)[name]:
            words.append(f"--users {value}" if name == "users" else f"--set {name}={value}")
    return " ".join(words)


def _plan(plan: Plan) -> dict[str, Any]:
    return plan.model_dump(mode="json") | {"as_of": plan.as_of_text()}


def _total(report: PopulateReport) -> str:
    return f"{report.total_rows:,} rows in {sum(report.seconds.values()):.2f} s"


def _rows_table(rows: dict[str, int], total: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption=total, caption_justify="left")
    table.add_column("Table")
    table.add_column("Rows", justify="right")
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    return table


def _facts(
    report: PopulateReport, chosen: Chosen, api_keys_out: Path | None
) -> list[tuple[str, str]]:
    facts = [("Views", text) for text in report.figures.sentences()]
    facts += [("Look at", f"{what}: {which}") for what, which in report.look_at.items()]
    if not report.committed:
        return [*facts, ("Undone", "--rollback was given: the database is as it was before.")]
    facts.append(("Run", f"{report.run_tag} in schema {report.schema}"))
    if api_keys_out:
        facts.append(("Keys", f"the raw API keys are in {api_keys_out}, readable by you alone"))
    facts.append(("Repeat", repeat_command(report.plan)))
    next_step = "autogpt-seed verify" + ("" if chosen.embedded else " with the same database")
    return [*facts, ("Next", f"{next_step}, to prove the views")]

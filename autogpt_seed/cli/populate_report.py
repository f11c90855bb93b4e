"""What `populate` prints: the target, the plan, the report, and what to type next."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from autogpt_seed.cli.printing import console, counted, print_facts, print_rows
from autogpt_seed.cli.targeting import ChosenTarget
from autogpt_seed.overrides import toml_key
from autogpt_seed.plan import Plan, load_plan
from autogpt_seed.seeding import PopulateReport


def title(chosen: ChosenTarget, plan: Plan) -> str:
    """What is about to be worked on."""
    users = counted(plan.users, "user")
    return f"Seeding {chosen.name}: {users}, seed {plan.seed}, as of {plan.as_of_text()}"


def render(report: PopulateReport, chosen: ChosenTarget, api_keys_out: Path | None) -> None:
    """The report for a person."""
    if report.skipped:
        out = console()
        out.print(f"Nothing was done: run {report.run_tag} of this plan and seed exists.")
        out.print(f"To see what there is: autogpt-seed inspect{chosen.options}", markup=False)
        return
    print_rows(report.rows)
    print_facts([*_outcome(report), *_whereabouts(report, chosen.options, api_keys_out)])


def render_plan(plan: Plan, rows: dict[str, int]) -> None:
    """The plan and its row counts for a person, for `--dry-run`."""
    out = console()
    for name, value in plan.as_json().items():
        if value is not None and value != {}:
            shown = value if isinstance(value, str) else _as_toml(value)
            out.print(f"{name:<26} {shown}", markup=False)
    out.print()
    print_rows(rows)
    out.print(f"{sum(rows.values()):,} rows. Nothing was contacted.")
    out.print("To make them: the same command without --dry-run.")


def _as_toml(value: object) -> str:
    """On one line. TOML writes texts, numbers, truth and lists of them as JSON does."""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    pairs = (f"{toml_key(key)} = {_as_toml(inner)}" for key, inner in value.items())
    return f"{{{', '.join(pairs)}}}"


def plan_as_json(plan: Plan, rows: dict[str, int]) -> str:
    """The plan and its row counts as one JSON document."""
    return json.dumps({"plan": plan.as_json(), "rows": rows, "total_rows": sum(rows.values())})


def as_json(report: PopulateReport, chosen: ChosenTarget) -> str:
    """The report as one JSON document."""
    return chosen.as_json(report.as_json() | {"repeat": _repeat_command(report.plan)})


def _repeat_command(plan: Plan) -> str:
    """The command that makes the same marketplace again."""
    words = ["autogpt-seed populate", f"--seed {plan.seed}", f"--as-of {plan.as_of_text()}"]
    if plan.profile != "classic":
        words.append(f"--profile {plan.profile}")
    defaults = load_plan(flags=plan.model_dump(include={"profile", "seed", "as_of"})).as_json()
    for name, value in plan.as_json().items():
        if value != defaults[name]:
            setting = f"{name}={json.dumps(value) if isinstance(value, dict) else value}"
            words.append(f"--users {value}" if name == "users" else f"--set {shlex.quote(setting)}")
    return " ".join(words)


def _outcome(report: PopulateReport) -> Iterator[tuple[str, str]]:
    removing = report.seconds.get("remove", 0)
    seconds = sum(report.seconds.values()) - removing
    yield "Loaded", f"{report.total_rows:,} rows in {seconds:.2f} s"
    coverage = report.coverage
    yield "Loaded", f"rows into {coverage.filled} of {coverage.tables} tables"
    yield "Loaded", f"indexes and keys {report.strategy.name}: {report.strategy.reason}"
    if report.replaced:
        runs = counted(len(report.replaced.runs), "run")
        gone = f"{report.replaced.total_rows:,} rows of {runs}"
        yield "Replaced", f"{gone} in {removing:.2f} s"
    for text in report.uses:
        yield "Uses", text
    for kept in report.strategy.suspension.kept:
        yield "Note", kept.text
    for note in report.notes:
        yield "Note", note.text
    if not report.refresh.views:
        yield "Views", "none to refresh: the schema has no materialised views"
    elif report.refresh.function is None:
        yield "Views", "refreshed one by one: the schema has no refresh function"
    for sentence in report.figures.sentences():
        yield "Views", sentence


def _whereabouts(
    report: PopulateReport, options: str, api_keys_out: Path | None
) -> Iterator[tuple[str, str]]:
    if not report.committed:
        yield "Undone", "all of it: --rollback leaves the database as it was"
        return
    for what, which in report.look_at.items():
        yield "Look at", f"{what} {which}"
    yield "Run", f"{report.run_tag} in schema {report.schema}"
    if report.unrecorded:
        yield "Run", f"not in the record of runs: {report.unrecorded}"
    if api_keys_out:
        yield "Keys", f"the raw API keys are in {api_keys_out}, readable by you alone"
    yield "Repeat", _repeat_command(report.plan) + options
    if report.refresh.views:
        yield "Next", f"autogpt-seed verify{options}"

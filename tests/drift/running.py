"""One case of drift: a schema changed by chance, then doctor, populate, verify and coherence."""

from __future__ import annotations

import random
import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

import asyncpg

from autogpt_seed.database.loading import strategy
from autogpt_seed.database.sql import quote as q
from autogpt_seed.database.url import Target, parse_url
from autogpt_seed.diagnosis import Diagnosis, diagnose
from autogpt_seed.entities import ENTITIES
from autogpt_seed.errors import DatabaseUnsuitable
from autogpt_seed.plan import Plan
from autogpt_seed.seeding import PopulateReport, populate
from autogpt_seed.updating import UpdateSettings, update
from autogpt_seed.verification import Outcome, verify
from tests.catalog_facts import Facts, Session, catalog_facts
from tests.conftest import AS_OF
from tests.databases import counts, session
from tests.drift.mutations import FRIENDLY, HOSTILE, Draw, Mutation
from tests.drift.schema import read
from tests.integration.coherence import every_table

_SCHEMA = """
SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'AgentGraph' AND c.relkind IN ('r', 'p', 'v')
"""

_RULES = """
SELECT conname::text FROM pg_constraint WHERE connamespace = to_regnamespace($1)
UNION SELECT relname::text FROM pg_class
    WHERE relkind IN ('i', 'I') AND relnamespace = to_regnamespace($1)
UNION SELECT tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = to_regnamespace($1)
"""

ATTEMPTS = 30
DEAL = 3
"""Of the ways to deal the kinds to cases, one in which each finds a place in its schema."""

HOSTILE_SHARE = 0.25
CAUSES = ("require each other's rows", 'Trigger "update_unified_tsvector"')
"""What is refused for cause, though the change is harmless to others: a circle of required keys;
a column gone, or of another type, that the platform's own trigger needs."""

BLINDING = {"drop_column", "rename_column", "drop_table", "drop_view", "rename_view_column",
            "remove_label", "rename_label", "put_view_in_place"}  # fmt: skip
"""Changes after which the store's views may have nothing to show, or nothing to be compared."""

TIMELY = ("nothing happens after the as-of time", "what goes on or ends has begun")


@dataclass
class Case:
    """What was changed and what came of it. `faults` are what must not happen.

    `rules` are the constraints, unique indexes and triggers that a hostile change has made.
    `expected` is what verify says of it with good reason, `refusing` that a table refuses rows
    that nobody needs. Where there are `many`, keys are suspended for the few rows.
    """

    seed: int
    schema: str = "platform"
    changes: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    hostile: bool = False
    rules: frozenset[str] = frozenset()
    refusal: str = ""
    late: bool = False
    faults: list[str] = field(default_factory=list)
    rows: int = 0
    expected: str = ""
    refusing: bool = False
    many: bool = False

    def __str__(self) -> str:
        outcome = "refused" if self.refusal else f"{self.rows} rows"
        return f"seed {self.seed}: {', '.join(self.changes)}: {outcome}"


class Recorder:
    """Remembers whether loading began."""

    def __init__(self) -> None:
        self.began = False

    def phase(self, name: str, total: int, *rest: object) -> None:
        self.began = True

    def advance(self, rows: int) -> None: ...


async def run(url: str, seed: int, kinds: Sequence[Mutation] = ()) -> Case:
    """Change the database of `url`, which has a reference schema, in ways of these kinds, or of
    some drawn by chance, and try everything on it."""
    case, chance = Case(seed), random.Random(seed)
    async with session(url) as connection:
        await change(connection, case, chance, kinds or drawn(chance))
    plan = Plan(
        users=chance.randint(2, 4), blocks=3, as_of=AS_OF, api_key_hash="sha256", seed=seed,
        tables=chance.choice(["known", "all"]),
    )  # fmt: skip
    case.many = chance.random() < 0.5
    return await judged(url, plan, case)


async def judged(url: str, plan: Plan, case: Case) -> Case:
    """The case, after everything was tried on the database as it has become."""
    async with session(url) as connection:
        case.schema = await connection.fetchval(_SCHEMA)
    few = 0 if case.many else strategy.LEAST_ROWS
    try:
        with (
            patch.object(strategy, "LEAST_ROWS", few),
            patch.object(strategy, "LEAST_TABLE_ROWS", few),
        ):
            await examine(replace(parse_url(url, {}), schema=case.schema), plan, case, url)
    except Exception as error:  # whatever it is, it is a fault to be listed
        places = traceback.extract_tb(error.__traceback__)[-3:]
        where = ", ".join(f"{Path(p.filename).name}:{p.lineno}" for p in places)
        case.faults.append(f"crashed: {type(error).__name__}: {error} ({where})")
    return case


def drawn(chance: random.Random) -> list[Mutation]:
    """A few kinds of change, of which one may be such that the schema can be refused."""
    kinds: list[Mutation] = chance.choices(FRIENDLY, k=chance.randint(1, 6))
    if chance.random() < HOSTILE_SHARE:
        kinds.append(chance.choice(HOSTILE))
    return kinds


def dealt(cases: int) -> list[list[Mutation]]:
    """Each kind of change once: those after which a schema must be seeded in so many cases, each
    of the others by itself, or its refusal would keep the rest from being tried."""
    kinds = sorted(set(FRIENDLY), key=lambda kind: kind.__name__)
    random.Random(DEAL).shuffle(kinds)
    return [kinds[number::cases] for number in range(cases)] + [[kind] for kind in HOSTILE]


async def change(
    connection: Session, case: Case, chance: random.Random, kinds: Sequence[Mutation]
) -> None:
    """Make changes of these kinds, where the schema has a place for them."""
    case.hostile = not set(HOSTILE).isdisjoint(kinds)
    for number, kind in enumerate(kinds):
        for attempt in range(ATTEMPTS):
            await connection.execute(f"SET search_path TO {q(case.schema)}, public")
            draw = Draw(chance, await read(connection, case.schema), 100 * number + attempt)
            statements, before = kind(draw), await rules(connection, case.schema)
            if statements and await accepted(connection, statements):
                if kind in HOSTILE:
                    case.rules = await rules(connection, case.schema) - before
                case.changes.append(kind.__name__)
                case.statements += statements
                break
        case.schema = await connection.fetchval(_SCHEMA) or case.schema


async def rules(connection: Session, schema: str) -> frozenset[str]:
    """The names of what can refuse a row."""
    return frozenset(row[0] for row in await connection.fetch(_RULES, q(schema)))


async def accepted(connection: Session, statements: Sequence[str]) -> bool:
    """Execute all of them or none. What the server does not take was not valid."""
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
    except asyncpg.PostgresError:
        return False
    return True


async def examine(target: Target, plan: Plan, case: Case, url: str) -> None:
    """Doctor, populate twice, update, verify, coherence."""
    diagnosis = await diagnose(target, plan)
    recorder = Recorder()
    try:
        report = await populate(target, plan, progress=recorder)
    except DatabaseUnsuitable as error:
        await judge_refusal(error, diagnosis, recorder, case, url)
        return
    case.rows = report.total_rows
    judge_report(report, diagnosis, plan, case)
    await repeat(target, plan, report, case)
    await live_on(target, case)
    await judge_verification(target, case)
    await judge_coherence(url, case)


async def repeat(target: Target, plan: Plan, first: PopulateReport, case: Case) -> None:
    """Once more, beside the rows that are there."""
    try:
        again = await populate(target, plan, into=target.place)
    except DatabaseUnsuitable as error:
        if not case.hostile:
            case.faults.append(f"not seeded a second time: {error}")
        return
    # What a hostile check refuses by chance is left out, in one run or the other.
    notes = (*first.notes, *again.notes) if case.hostile else ()
    if again.rows != first.rows and not any(note.action == "left out" for note in notes):
        case.faults.append(f"the second run made other numbers of rows: {again.rows}")


async def live_on(target: Target, case: Case) -> None:
    """A day in the marketplace, where nothing hinders it."""
    try:
        report = await update(target, UpdateSettings(as_of=AS_OF, graphs=3), into=target.place)
    except DatabaseUnsuitable as error:
        if not case.hostile and not BLINDING & set(case.changes):
            case.faults.append(f"not updated: {error}")
        return
    if not report.rows.get("AgentGraphExecution") and not BLINDING & set(case.changes):
        case.faults.append(f"nothing ran: {report.rows}")


async def judge_refusal(
    error: DatabaseUnsuitable, diagnosis: Diagnosis, recorder: Recorder, case: Case, url: str
) -> None:
    """A refusal is for cause, names what is wrong, and comes before a row is written."""
    case.refusal = str(error)
    if not case.hostile and not any(cause in case.refusal for cause in CAUSES):
        case.faults.append(f"refused: {error}")
    case.late = recorder.began
    if recorder.began and not case.hostile:
        case.faults.append(f"refused when rows had been loaded: {error}")
    tables = (*diagnosis.tables, *diagnosis.unknown_tables, *ENTITIES)
    if not any(table in case.refusal for table in tables):
        case.faults.append(f"refused without naming a table: {error}")
    if left := await counts(url, case.schema):
        case.faults.append(f"refused, and yet there are rows: {left}")


def judge_report(report: PopulateReport, diagnosis: Diagnosis, plan: Plan, case: Case) -> None:
    """The doctor said so, and what shall have rows has rows."""
    if diagnosis.problems:
        case.faults.append(f"the doctor would not have seeded it: {diagnosis.problems}")
    seen = {note for note in report.notes if note.action != "not shown"}
    # What only the server refuses, no doctor foresees.
    reasons = [note for note in seen - set(diagnosis.notes) if note.action == "left out"]
    refused = {note.table for note in reasons}
    unfounded = [n.text for n in reasons if not any(cause in n.text for cause in CAUSES)]
    if unfounded and not (case.hostile or case.refusing):
        case.faults.append(f"left out, for no reason that was made: {unfounded}")
    seen = {note for note in seen if note.table not in refused}
    if seen != set(diagnosis.notes):
        case.faults.append(f"the doctor's notes differ: {seen ^ set(diagnosis.notes)}")
    wanted = [table for table in diagnosis.tables if table not in refused]
    if plan.tables == "all" and (empty := [t for t in wanted if not report.rows.get(t)]):
        case.faults.append(f"tables without rows: {empty}")
    hidden = [note.text for note in report.notes if note.action == "not shown"]
    if hidden and not BLINDING & set(case.changes):
        case.faults.append(f"the store shows nothing: {hidden}")


async def judge_verification(target: Target, case: Case) -> None:
    """The views tell the truth, or it is said what cannot be verified."""
    try:
        report = await verify(target)
    except DatabaseUnsuitable as error:
        named = any(f'"{rule}"' in error.sentence for rule in case.rules)
        foreseen = named or (case.expected and case.expected in str(error))
        if not BLINDING & set(case.changes) and not foreseen:
            case.faults.append(f"not verified: {error}")
        return
    bad = [c for c in report.checks if c.outcome in (Outcome.FAILED, Outcome.INCONCLUSIVE)]
    bad = [
        c for c in bad if not ("drop_function" in case.changes and "function is missing" in c.title)
    ]
    bad = [c for c in bad if not (case.expected and case.expected in c.title)]
    if bad and not BLINDING & set(case.changes):
        case.faults += [f"verify: {c.title} {c.outcome}: {c.evidence}" for c in bad]


async def judge_coherence(url: str, case: Case) -> None:
    """The rules about times, for the columns that the marketplace knows; that no row is older than
    what it refers to, for all."""
    async with session(url) as connection:
        facts = (await catalog_facts(connection, case.schema))["tables"]
        await connection.execute(f"SET search_path TO {q(case.schema)}; SET TIME ZONE 'UTC'")
        for rule in every_table.rules(_known(facts)):
            if rule.name in TIMELY:
                query = rule.violations.replace(":as_of", f"TIMESTAMP '{AS_OF:%Y-%m-%d}'")
                if rows := await connection.fetch(query):
                    case.faults.append(f"{rule.name}: {[tuple(row) for row in rows]}")
        for query in every_table.causes(facts, avoidable=True):
            if rows := await connection.fetch(query):
                case.faults.append(f"older than its parent: {[tuple(row) for row in rows]}")


def _known(facts: Facts) -> Facts:
    """The tables that the entities fill, with those of their columns that are not new."""
    names = {name for name in facts if name in every_table.NAMED}
    missing: Facts = {name: {"columns": [], "constraints": {}} for name in every_table.NAMED}
    return missing | {
        name: {
            "columns": [c for c in facts[name]["columns"] if not c["name"].startswith("new")],
            "constraints": {
                key: definition
                for key, definition in facts[name]["constraints"].items()
                if "new" not in definition and _parent(definition) in {None, *names}
            },
        }
        for name in names
    }


def _parent(definition: str) -> str | None:
    """The table that a foreign key refers to."""
    found = re.search(r'REFERENCES "(\w+)"', definition)
    return found[1] if found else None

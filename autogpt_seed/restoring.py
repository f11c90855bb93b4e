"""The use case restore(): a baked file into an empty database of the same schema."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autogpt_seed import views
from autogpt_seed.bake_file import BakedFile, Manifest, opened
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.baked.rows import (
    SETTINGS,
    copy_in,
    copy_statement,
    is_bare,
    occupied,
    renamed,
    set_sequence,
    triggers,
)
from autogpt_seed.database.baked.script import worthwhile_suspension
from autogpt_seed.database.bookkeeping import BOOKKEEPING, prepare_bookkeeping
from autogpt_seed.database.loading.suspend import Restoration, suspend
from autogpt_seed.database.migrations.running import recorded_revision
from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.runs.record import forget_all_runs
from autogpt_seed.errors import DatabaseUnsuitable, RefusedForSafety, first_of
from autogpt_seed.migrating import known_revisions, migrate
from autogpt_seed.progress import Progress, Silence
from autogpt_seed.schema_facts import differences, schema_facts, without_server_texts
from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork

logger = logging.getLogger(__name__)

_SHOWN = 20
"""How many differences are listed at most."""

_MAJOR = 10_000
"""`server_version` divided by this is the major version."""

_UNCHANGED = "Nothing was changed."


@dataclass(frozen=True)
class RestoreReport:
    """What was restored into which schema. `migrated_to` is None where the schema was there."""

    schema: str
    migrated_to: str | None
    manifest: Manifest
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """What was restored, of types that `json` can write."""
        return {
            "schema": self.schema,
            "migrated_to": self.migrated_to,
            "runs": self.manifest.runs,
            "rows": self.manifest.rows,
            "total_rows": self.manifest.total_rows,
            "seconds": round(self.seconds, 4),
        }


async def restore(
    target: Bind,
    path: Path,
    *,
    schema: str | None = None,
    timeouts: Timeouts | None = None,
    progress: Progress | None = None,
) -> RestoreReport:
    """Load the file `path`, which `bake` has made, into the platform's schema of `target`.

    The schema must be the same as the baked one, except for its name, and its tables empty; one
    that is not there yet is migrated to the baked revision first, where `migrate` made that, and
    stays. The rows come in one transaction, or not at all; the materialised views are refreshed.
    `progress` is told each table and step. Raises `DatabaseUnsuitable` with what differs, or
    which tables hold rows; `ConfigurationError` where the file is damaged; `RefusedForSafety` on
    a caller's connection, where keys must not be dropped.
    """
    begun = time.perf_counter()
    with opened(path) as baked:
        migrated = await _migrate_bare(target, schema, baked.manifest, timeouts)
        async with UnitOfWork(target, timeouts=timeouts) as work:
            name = await work.open_schema(schema)
            catalog = await reflect(work.connection, name)
            await _check(work, catalog, baked.manifest, path, migrated)
            await _load(work, catalog, baked, progress or Silence())
            await _load_records(work, catalog.schema, baked)
            await views.refresh(work.connection, catalog)
            await work.commit()
    return RestoreReport(catalog.schema, migrated, baked.manifest, time.perf_counter() - begun)


async def _migrate_bare(
    target: Bind, schema: str | None, manifest: Manifest, timeouts: Timeouts | None
) -> str | None:
    """Make the schema where there is none yet. The revision that it has then, or None.

    In a transaction of its own: labels that a migration adds cannot be used before its commit.
    """
    async with UnitOfWork(target, timeouts=timeouts, read_only=True) as work:
        if work.joined:
            raise RefusedForSafety(
                "A baked file is not restored in the caller's transaction.",
                evidence="The tables would be locked for everybody until the caller ends it.",
                remedy="Pass an engine or a URL.",
            )
        name = schema or work.named_schema or manifest.schema
        bare = await is_bare(work.connection, name)
    if not bare or manifest.revision not in known_revisions():
        return None
    report = await migrate(target, schema=name, revision=manifest.revision, timeouts=timeouts)
    return report.to_revision


async def _check(
    work: UnitOfWork, catalog: Catalog, manifest: Manifest, path: Path, migrated: str | None
) -> None:
    """Refuse a schema that is another one, and tables with rows."""
    if lines := _differences(catalog, manifest):
        more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
        revision = await work.connection.run_sync(recorded_revision, catalog.schema)
        left = f"The schema that was made stays, at {migrated}." if migrated else _UNCHANGED
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} is not the one that {path} was baked from.",
            evidence="\n".join([*lines[:_SHOWN], *more]),
            remedy=f"{_remedy(manifest, revision)} {left}",
        )
    names = [table.name for table in manifest.tables]
    if full := await occupied(work.connection, catalog.schema, names):
        raise DatabaseUnsuitable(
            f"Schema {catalog.schema!r} is not empty.",
            evidence=f"There are rows in {first_of(full)}.",
            remedy=f"Restore into a database whose tables are empty. {_UNCHANGED}",
        )


def _differences(catalog: Catalog, manifest: Manifest) -> list[str]:
    facts: Mapping[str, str] = manifest.facts
    there = schema_facts(catalog)
    if manifest.server_version // _MAJOR != catalog.server_version // _MAJOR:
        facts, there = without_server_texts(facts), without_server_texts(there)
    return differences(facts, there)


def _remedy(manifest: Manifest, revision: str | None) -> str:
    """What makes the schema, which is at `revision`, and the file fit each other."""
    if manifest.revision and manifest.revision == revision:
        return (
            f"Both were made at {revision}: one was changed since, or its server lacks an "
            "extension. Bake a database like this one."
        )
    if manifest.revision:
        return f"Bring it to the same version first: autogpt-seed migrate --to {manifest.revision}."
    return "Bring it to the same version first, or bake a database of this one."


async def _load(work: UnitOfWork, catalog: Catalog, baked: BakedFile, progress: Progress) -> None:
    """Load the rows while keys are suspended and triggers disabled, then set the sequences."""
    schema, manifest, driver = catalog.schema, baked.manifest, await work.driver()
    for setting, value in SETTINGS.items():
        await work.set_local(setting, value)
    names = [table.name for table in manifest.tables]
    fired = await triggers(work.connection, schema, names)
    suspension = await worthwhile_suspension(work.connection, schema, manifest.tables)
    await suspend(driver, suspension)
    for disable, _ in fired:
        await driver.execute(disable)
    restoration = Restoration(suspension, names)
    for table in manifest.tables:
        progress.phase(table.name, table.rows)
        rows = baked.rows(table, copy_statement(manifest.schema, table.name, table.columns))
        await copy_in(driver, schema, baked, table, rows)
        progress.advance(table.rows)
        for step in restoration.loaded(table.name):
            progress.phase(step.phase, step.total, step.phase)
            await driver.execute(step.statements)
            progress.advance(1)
    for _, enable in fired:
        await driver.execute(enable)
    for name, last in manifest.sequences.items():
        await set_sequence(work.connection, schema, name, last)


async def _load_records(work: UnitOfWork, schema: str, baked: BakedFile) -> None:
    """Load the record of the runs, in place of the record of rows that are gone."""
    manifest = baked.manifest
    if not manifest.records:
        return
    if reason := await prepare_bookkeeping(work.connection):
        logger.warning("The record of the runs was not restored: %s.", reason)
        return
    await forget_all_runs(work.connection, schema)
    for table in manifest.records:
        rows = baked.rows(table, copy_statement(BOOKKEEPING, table.name, table.columns))
        named = renamed(rows, manifest.schema, schema)
        await copy_in(await work.driver(), BOOKKEEPING, baked, table, named)

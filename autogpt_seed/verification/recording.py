"""The run that verify keeps, in the record of runs."""

from __future__ import annotations

import hashlib

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed.database.reflection.reflect import reflect
from autogpt_seed.database.runs.record import RunRecord, record_run
from autogpt_seed.schema_facts import fingerprint
from autogpt_seed.timestamps import as_text
from autogpt_seed.verification.injection.arrival import Arrival
from autogpt_seed.verification.injection.planning import VerifySettings


async def record_injection(
    connection: AsyncConnection, schema: str, settings: VerifySettings, arrival: Arrival
) -> str:
    """Write down what was injected. Returns why it could not be, or ""."""
    catalog = await reflect(connection, schema)  # without views in the place of tables
    ledger = arrival.ledger
    digest = hashlib.sha256(settings.model_dump_json().encode()).hexdigest()
    record = RunRecord(
        schema=catalog.schema,
        tag=str(ledger.tag),
        kind="verify",
        plan=settings.model_dump(mode="json"),
        plan_digest=digest,
        seed=ledger.seed,
        as_of=as_text(ledger.now),
        n=0,
        rows=arrival.sent,
        fingerprint=fingerprint(catalog),
    )
    return await record_run(connection, catalog, record)

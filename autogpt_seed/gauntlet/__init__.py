"""Pending migrations, tried one by one on data that exists, before they run on production data.

report = await run_gauntlet(Prisma(Path("prisma/migrations")))
assert report.ok, report.failures
"""

from __future__ import annotations

from autogpt_seed.gauntlet.procedure import run_gauntlet
from autogpt_seed.gauntlet.report import GauntletReport, Reversal, StepReport

__all__ = ["GauntletReport", "Reversal", "StepReport", "run_gauntlet"]

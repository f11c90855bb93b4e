"""Fill an AutoGPT Platform database with a coherent marketplace, and prove its views.

The public names are imported when they are first used, so that `import autogpt_seed` and the
command line's help stay quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogpt_seed.baking import BakeReport, bake
    from autogpt_seed.cleaning import CleanReport, clean
    from autogpt_seed.database.runs.record import RunRecord
    from autogpt_seed.database.url import Target, parse_url
    from autogpt_seed.diagnosis import Diagnosis, diagnose
    from autogpt_seed.errors import (
        CheckFailed,
        ConfigurationError,
        DatabaseNotNamed,
        DatabaseUnreachable,
        DatabaseUnsuitable,
        RefusedForSafety,
        SeedError,
    )
    from autogpt_seed.history import runs
    from autogpt_seed.inspection import Inspection, inspect
    from autogpt_seed.migrating import MigrationReport, migrate
    from autogpt_seed.plan import Plan, Range, load_plan
    from autogpt_seed.progress import Progress
    from autogpt_seed.restoring import RestoreReport, restore
    from autogpt_seed.seeding import PopulateReport, populate
    from autogpt_seed.unit_of_work import Bind, Timeouts, UnitOfWork
    from autogpt_seed.updating import UpdateReport, UpdateSettings, update
    from autogpt_seed.verification import VerificationReport, VerifySettings, verify

__all__ = [
    "BakeReport",
    "Bind",
    "CheckFailed",
    "CleanReport",
    "ConfigurationError",
    "DatabaseNotNamed",
    "DatabaseUnreachable",
    "DatabaseUnsuitable",
    "Diagnosis",
    "Inspection",
    "MigrationReport",
    "Plan",
    "PopulateReport",
    "Progress",
    "Range",
    "RefusedForSafety",
    "RestoreReport",
    "RunRecord",
    "SeedError",
    "Target",
    "Timeouts",
    "UnitOfWork",
    "UpdateReport",
    "UpdateSettings",
    "VerificationReport",
    "VerifySettings",
    "bake",
    "clean",
    "diagnose",
    "inspect",
    "load_plan",
    "migrate",
    "parse_url",
    "populate",
    "restore",
    "runs",
    "update",
    "verify",
]

_HOMES = {
    "baking": ("BakeReport", "bake"),
    "cleaning": ("CleanReport", "clean"),
    "database.runs.record": ("RunRecord",),
    "database.url": ("Target", "parse_url"),
    "diagnosis": ("Diagnosis", "diagnose"),
    "errors": (
        "CheckFailed",
        "ConfigurationError",
        "DatabaseNotNamed",
        "DatabaseUnreachable",
        "DatabaseUnsuitable",
        "RefusedForSafety",
        "SeedError",
    ),
    "history": ("runs",),
    "inspection": ("Inspection", "inspect"),
    "migrating": ("MigrationReport", "migrate"),
    "plan": ("Plan", "Range", "load_plan"),
    "progress": ("Progress",),
    "restoring": ("RestoreReport", "restore"),
    "seeding": ("PopulateReport", "populate"),
    "unit_of_work": ("Bind", "Timeouts", "UnitOfWork"),
    "updating": ("UpdateReport", "UpdateSettings", "update"),
    "verification": ("VerificationReport", "VerifySettings", "verify"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # a checker that saw it would take any misspelt name for one of these

    def __getattr__(name: str) -> object:
        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)

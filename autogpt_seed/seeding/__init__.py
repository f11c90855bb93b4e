"""The use case populate(): a whole marketplace, in one transaction."""

from autogpt_seed.seeding.procedure import expected_rows, populate
from autogpt_seed.seeding.report import Coverage, PopulateReport

__all__ = ["Coverage", "PopulateReport", "expected_rows", "populate"]

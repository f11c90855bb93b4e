"""The use case update(): days in the life of an existing marketplace, which change its views."""

from autogpt_seed.updating.procedure import UpdateReport, update
from autogpt_seed.updating.settings import UpdateSettings, load_settings

__all__ = ["UpdateReport", "UpdateSettings", "load_settings", "update"]

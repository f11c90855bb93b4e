"""update: days in the life of a marketplace that is there, for watching its views move."""

from autogpt_seed.updating.procedure import UpdateReport, update
from autogpt_seed.updating.settings import UpdateSettings, load_settings

__all__ = ["UpdateReport", "UpdateSettings", "load_settings", "update"]

"""The embedded PostgreSQL: made on first use, shared by commands, stopped by the last of them."""

from autogpt_seed.database.embedded.layout import default_home
from autogpt_seed.database.embedded.server import EmbeddedServer

__all__ = ["EmbeddedServer", "default_home"]

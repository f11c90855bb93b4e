"""Quoting of identifiers by SQLAlchemy's own dialect, the only way by which names enter SQL."""

from sqlalchemy.engine import make_url

_PREPARER = make_url("postgresql+asyncpg://").get_dialect()().identifier_preparer


def quote(*names: str) -> str:
    """A dotted, always quoted identifier: `quote("platform", "User")` is `"platform"."User"`."""
    return ".".join(_PREPARER.quote_identifier(name) for name in names)

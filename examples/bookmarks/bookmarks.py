"""Users of an AutoGPT Platform bookmark agents of its store."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

_ADD = text("INSERT INTO platform.bookmark (user_id, listing_id) VALUES (:user, :listing)")
_NOTIFY = text("SELECT pg_notify('bookmarks', :listing)")
_BEST = text(
    "SELECT b.listing_id FROM platform.bookmark b "
    'JOIN platform."StoreAgent" a ON a.listing_id = b.listing_id '
    "WHERE b.user_id = :user ORDER BY a.rating DESC"
)


async def add(session: AsyncSession, user: str, listing: str) -> None:
    """Bookmark a listing, and commit."""
    await session.execute(_ADD, {"user": user, "listing": listing})
    await session.execute(_NOTIFY, {"listing": listing})
    await session.commit()


async def best(session: AsyncSession, user: str) -> list[str]:
    """A user's bookmarks that the store shows, the best rated first."""
    return list((await session.execute(_BEST, {"user": user})).scalars())


async def clear(engine: AsyncEngine, user: str) -> int:
    """Remove all bookmarks of a user, over a connection of its own; how many there were."""
    statement = text("DELETE FROM platform.bookmark WHERE user_id = :user")
    async with engine.begin() as connection:
        return (await connection.execute(statement, {"user": user})).rowcount

"""Each test finds the same marketplace, whatever the others did to it."""

from __future__ import annotations

import bookmarks
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from autogpt_seed.testing import SeededWorld
from autogpt_seed.testing.ready_made import test_the_marketplace_is_coherent, test_views_are_fresh

__all__ = ["test_the_marketplace_is_coherent", "test_views_are_fresh"]


async def test_a_bookmark_is_kept(
    autogpt_session: AsyncSession, autogpt_world: SeededWorld
) -> None:
    user = autogpt_world.user()
    listing = autogpt_world.listing(approved=True, reviews=True)
    await bookmarks.add(autogpt_session, user.id, listing.id)  # commits, and is undone all the same
    assert await bookmarks.best(autogpt_session, user.id) == [listing.id]


async def test_the_best_rated_comes_first(
    autogpt_session: AsyncSession, autogpt_world: SeededWorld
) -> None:
    user = autogpt_world.user(library=False)
    shown = [one for one in autogpt_world.listings if one.approved and one.rating is not None]
    for listing in shown[:5]:
        await bookmarks.add(autogpt_session, user.id, listing.id)
    ratings = {listing.id: listing.rating for listing in shown}
    found = [ratings[listing] for listing in await bookmarks.best(autogpt_session, user.id)]
    assert found == sorted(found, reverse=True)


async def test_what_is_not_in_the_store_is_not_shown(
    autogpt_session: AsyncSession, autogpt_world: SeededWorld
) -> None:
    user, listing = autogpt_world.user(), autogpt_world.listing(approved=False)
    await bookmarks.add(autogpt_session, user.id, listing.id)
    assert await bookmarks.best(autogpt_session, user.id) == []


async def test_nothing_is_bookmarked_twice(
    autogpt_session: AsyncSession, autogpt_world: SeededWorld
) -> None:
    user, listing = autogpt_world.user(), autogpt_world.listing()
    await bookmarks.add(autogpt_session, user.id, listing.id)
    with pytest.raises(IntegrityError):
        await bookmarks.add(autogpt_session, user.id, listing.id)


async def test_code_with_connections_of_its_own_gets_a_database_of_its_own(
    autogpt_engine: AsyncEngine, autogpt_session: AsyncSession, autogpt_world: SeededWorld
) -> None:
    user = autogpt_world.user()
    for listing in autogpt_world.listings[:3]:
        await bookmarks.add(autogpt_session, user.id, listing.id)
    assert await bookmarks.clear(autogpt_engine, user.id) == 3


@pytest.mark.autogpt_seed(users=1, graphs_per_user="1", isolation="clone")
async def test_a_tiny_marketplace(
    autogpt_session: AsyncSession, autogpt_world: SeededWorld
) -> None:
    (listing,) = autogpt_world.listings
    await bookmarks.add(autogpt_session, listing.owner.id, listing.id)
    assert await bookmarks.best(autogpt_session, listing.owner.id) == [listing.id]

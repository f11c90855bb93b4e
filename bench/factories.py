"""Five tables by factory_boy and a session of SQLAlchemy, the way that test suites go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from typing import Any
from uuid import uuid4

import factory
from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy import MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, registry

from autogpt_seed.database.url import parse_url
from bench.databases import SCHEMA
from bench.prepared import Prepared

Objects = dict[str, list[Any]]

_NOW = datetime(2026, 1, 15)  # noqa: DTZ001  # the platform's columns have no zone
_random = Random(42)


async def create(url: str, tables: Sequence[Prepared]) -> None:
    """As many objects for each of the tables as it has records, with contents of their own."""
    engine = parse_url(url, {}).engine()
    async with AsyncSession(engine) as session, session.begin():
        await session.execute(text(f"SET LOCAL search_path = {SCHEMA}, public"))
        await session.run_sync(_create, tables)
    await engine.dispose()


def _create(session: Session, tables: Sequence[Prepared]) -> None:
    metadata, objects = MetaData(), Objects()
    metadata.reflect(session.connection(), only=[table.table for table in tables])
    for table in tables:
        made_by = factory.make_factory(
            _model(metadata.tables[table.table]),
            FACTORY_CLASS=SQLAlchemyModelFactory,
            **_DECLARATIONS[table.table](objects),
        )
        made_by._meta.sqlalchemy_session = session
        objects[table.table] = made_by.create_batch(len(table.records))
        session.flush()


def _model(table: Table) -> type:
    model = type(table.name, (), {})
    registry().map_imperatively(model, table)
    return model


def _any_id(objects: Objects, table: str) -> Any:
    return factory.LazyFunction(lambda: _random.choice(objects[table]).id)


def _id() -> Any:
    return factory.LazyFunction(lambda: str(uuid4()))


def _user(_: Objects) -> dict[str, Any]:
    email = factory.Sequence("user{}@example.com".format)
    return {"id": _id(), "email": email, "name": factory.Faker("name"), "updatedAt": _NOW}


def _block(_: Objects) -> dict[str, Any]:
    name = factory.Sequence("Block{}".format)
    return {"id": _id(), "name": name, "inputSchema": "{}", "outputSchema": "{}"}


def _graph(objects: Objects) -> dict[str, Any]:
    return {
        "id": _id(),
        "version": 1,
        "userId": _any_id(objects, "User"),
        "name": factory.Faker("sentence", nb_words=3),
        "description": factory.Faker("text", max_nb_chars=200),
        "isActive": True,
    }


def _node(objects: Objects) -> dict[str, Any]:
    return {
        "id": _id(),
        "agentBlockId": _any_id(objects, "AgentBlock"),
        "agentGraphId": _any_id(objects, "AgentGraph"),
        "agentGraphVersion": 1,
        "constantInput": {},
        "metadata": {},
    }


def _execution(objects: Objects) -> dict[str, Any]:
    return {
        "id": _id(),
        "agentGraphId": _any_id(objects, "AgentGraph"),
        "agentGraphVersion": 1,
        "userId": _any_id(objects, "User"),
        "executionStatus": "COMPLETED",
        "startedAt": _NOW,
    }


_DECLARATIONS: dict[str, Callable[[Objects], dict[str, Any]]] = {
    "User": _user,
    "AgentBlock": _block,
    "AgentGraph": _graph,
    "AgentNode": _node,
    "AgentGraphExecution": _execution,
}
"""The five tables, parents first."""

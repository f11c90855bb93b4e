"""The rows of a database that break a rule of the marketplace."""

from __future__ import annotations

from tests.catalog_facts import Facts, Session, catalog_facts
from tests.conftest import AS_OF
from tests.integration.coherence import every_table
from tests.integration.coherence.people import PEOPLE
from tests.integration.coherence.rules import Rule
from tests.integration.coherence.store import STORE
from tests.integration.coherence.work import WORK

OWN_RULES = (*PEOPLE, *WORK, *STORE)


async def rules_of(connection: Session) -> dict[str, Rule]:
    """The rules about what the schema `platform` has, by name."""
    tables: Facts = (await catalog_facts(connection, "platform"))["tables"]
    columns = {f"{name}.{c['name']}" for name in tables for c in tables[name]["columns"]}
    own = {rule.name: rule for rule in OWN_RULES if rule.needs <= columns}
    return own | {rule.name: rule for rule in every_table.rules(tables)}


async def violations(connection: Session, rule: Rule) -> list[tuple[object, ...]]:
    """The rows that break the rule; the search path must lead to them."""
    query = rule.violations.replace(":as_of", f"TIMESTAMP '{AS_OF:%Y-%m-%d}'")
    return [tuple(row) for row in await connection.fetch(query)]

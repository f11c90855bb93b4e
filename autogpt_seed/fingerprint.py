"""A digest of what a schema is made of, to tell whether two are the same."""

from __future__ import annotations

import hashlib

from autogpt_seed.catalog import Catalog
from autogpt_seed.schema_facts import schema_facts


def fingerprint(catalog: Catalog) -> str:
    """64 hexadecimal digits, equal for schemas with the same tables, columns, types, keys, checks,
    triggers, views, functions and labels: with the same `schema_facts`.

    The schema's name, its rows, the order of its columns, its plain indexes, who owns it and who
    looks at it do not count. The catalog must have been read with the schema first on the search
    path, as the unit of work puts it.
    """
    facts = "\n".join(f"{name}: {fact}" for name, fact in schema_facts(catalog).items())
    return hashlib.sha256(facts.encode()).hexdigest()

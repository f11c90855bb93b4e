"""What the command of a job of pg_cron does, as far as its text tells. Pure."""

from __future__ import annotations

import re

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog
from autogpt_seed.database.sql import quote
from autogpt_seed.database.statements import split
from autogpt_seed.database.views.refresh_function import REFRESH_FUNCTION

_JOB_NAME = "refresh-store-views"
_OF_TRIGGERS = ("trigger", "event_trigger")


def refreshes_store(command: str, catalog: Catalog) -> bool:
    """Whether a job's command calls the platform's function or refreshes one of the store's views,
    by itself or through functions of the schema.

    A name that is qualified with another schema belongs to another platform.
    """
    views = [view.name for view in store_views.materialized(catalog)]
    return any(
        _calls(text, catalog, REFRESH_FUNCTION)
        or any(_refreshes(text, catalog, view) for view in views)
        for text in _texts(command, catalog)
    )


def refreshed_views(command: str, catalog: Catalog) -> tuple[str, ...]:
    """Which materialised views outside of the store a job's command refreshes: it names them, or
    calls a function whose text does."""
    store = {view.name for view in store_views.materialized(catalog)}
    texts = _texts(command, catalog)
    return tuple(
        view.name
        for view in catalog.materialized_views
        if view.name not in store and any(_refreshes(text, catalog, view.name) for text in texts)
    )


def refreshers(catalog: Catalog) -> tuple[str, ...]:
    """The functions and procedures whose text, or that of a function that they call, refreshes a
    view of the store, each with its arguments. A trigger's function cannot be called."""
    views = [view.name for view in store_views.materialized(catalog)]
    return tuple(
        f"{function.name}({function.arguments})"
        for function in catalog.functions
        if function.returns not in _OF_TRIGGERS
        and any(
            _refreshes(text, catalog, view)
            for text in _texts(function.definition, catalog)
            for view in views
        )
    )


def speaks_of_refreshing(command: str, catalog: Catalog) -> bool:
    """Whether it may refresh views whose names it makes up, or that functions elsewhere name."""
    return any("refresh" in text.lower() for text in _texts(command, catalog))


def named_for_store(name: str, schema: str) -> bool:
    """Whether the platform's migrations would give a job of this schema that name."""
    return name in {_JOB_NAME, f"{_JOB_NAME}-{schema}", f"{_JOB_NAME}_{schema}"}


def _texts(command: str, catalog: Catalog) -> list[str]:
    """The command, and the texts of the functions that it calls, directly or through others."""
    texts = [_bare(command)]
    for caller in texts:  # which grows meanwhile
        called = [_bare(f.definition) for f in catalog.functions if _calls(caller, catalog, f.name)]
        texts += [text for text in called if text not in texts]
    return texts


def _bare(text: str) -> str:
    """Without comments, which may name what is not called."""
    return "; ".join(split(text))


def _calls(command: str, catalog: Catalog, function: str) -> bool:
    pattern = rf'(?<![\w".]){_schema(catalog)}"?{re.escape(function)}"?\s*\('
    return re.search(pattern, command, re.IGNORECASE) is not None


def _refreshes(command: str, catalog: Catalog, view: str) -> bool:
    pattern = rf'\bview\s+(?:concurrently\s+)?{_schema(catalog)}"?{re.escape(view)}(?!\w)'
    return re.search(pattern, command, re.IGNORECASE) is not None


def _schema(catalog: Catalog) -> str:
    """The pattern of the schema before a name, or of none."""
    name = f"{re.escape(quote(catalog.schema))}|{re.escape(catalog.schema)}"
    return rf"(?:(?:{name})\s*\.\s*)?"

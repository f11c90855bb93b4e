"""Warnings of what may be a mistake, though nothing contradicts it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from autogpt_seed import store_views
from autogpt_seed.catalog import Catalog, View
from autogpt_seed.database.views.plain_columns import may_show
from autogpt_seed.store_views.columns import is_number
from autogpt_seed.verification.checks.store_rows import RowRule
from autogpt_seed.verification.checks.store_ways import is_id
from autogpt_seed.verification.checks.ways import Explanation
from autogpt_seed.verification.report import Check, Outcome

_LIMIT = re.compile(r"\n *((?:LIMIT|FETCH FIRST) (?!NULL)[^();]*(?:\([^()]*\)[^();]*)*?);?\Z")
"""How `pg_get_viewdef` writes the LIMIT of a whole view: after that of a subquery, a bracket is
closed that was not opened."""

_PART = re.compile(r"\n *((?:LIMIT|FETCH FIRST) \(?(?!1\b)\d+|OFFSET \(?[1-9]\d*)")
"""The LIMIT or OFFSET of a part of a view. LIMIT 1 is left out: it is a way to choose one row; and
OFFSET 0, which is a word to the planner."""

_CAP = re.compile(r"\bLEAST\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
_LARGE = re.compile(r"(?<![\w.])(?:[6-9]|\d\d+)\b")
"""A whole number that is no score: what is cut off there is a count."""

_REMAINDER = re.compile(r"(?:%|\bmod\([^()]+,) [('-]*([6-9]|\d\d+)\b")
"""A figure that begins again: `%` or `mod`."""

_NO_NUMBER = re.compile(r"'[^']*[^'\d][^']*'|\w\(\d+(?:,-?\d+)?\)")
"""Times and other texts, and types such as `numeric(10,2)`."""

_WITHIN = r"(?:(?!\b(?:CASE|END)\b).)*?"
_CASE = re.compile(
    rf"\bCASE\b{_WITHIN}(?:<|(?<!<)>)=? [('-]*(?P<most>[6-9]|\d\d+)(?=[)'\s])"
    rf"{_WITHIN}\b(?:THEN|ELSE) [('-]*(?P=most)(?=[)'\s]){_WITHIN}\bEND\b",
    re.DOTALL,
)
"""A CASE that cuts off like LEAST: it returns the number that it compares with."""


def check_types(code: str, view: View, unfit: Collection[str]) -> Iterator[Check]:
    """That columns were not compared, since their types are not what their names promise."""
    if not unfit:
        return
    evidence = tuple(f"{name} is of the type {view.columns[name].type.text}." for name in unfit)
    title = f"{view.name}: {', '.join(unfit)} cannot be compared"
    remedy = "Check it by hand, or let the view have it in the type that the platform gives it."
    yield Check(code, title, Outcome.WARNING, evidence, remedy, view.name)


def check_gaps(view: View, explained: Iterable[Explanation]) -> Iterator[Check]:
    """That a view shows NULL for what the platform's own views show as 0."""
    gaps = [one.column for one in explained if one.gaps]
    figures = [name for name in gaps if is_number(view.columns[name])]
    if not figures:
        return
    title = f"{view.name} shows nothing in place of 0"
    evidence = f"NULL where the platform's own views show 0: {', '.join(figures)}."
    remedy = "Let it be COALESCE(..., 0), if this is not meant."
    yield Check("store.rule", title, Outcome.WARNING, (evidence,), remedy, view.name)


def doubt_ways(name: str, explained: Iterable[Explanation]) -> Iterator[Check]:
    """That a column is computed in a way that explains all values, and yet may not be meant."""
    for one in explained:
        if one.way and one.way.doubt:
            yield _doubt(name, f"computes {one.column}", f"It is {one.way.name}.", one.way.doubt)


def doubt_rows(name: str, rule: RowRule) -> Iterator[Check]:
    """That a view chooses its rows by a rule that explains them all, and yet may not be meant."""
    if rule.doubt:
        yield _doubt(name, "chooses its rows", f"It shows {rule.name}.", rule.doubt)


def check_limits(catalog: Catalog) -> Iterator[Check]:
    """That a view of the store ends after so many rows or characters, or counts no further, whether
    there are more by now or not."""
    names = store_views.KNOWN.union(view.name for view in store_views.materialized(catalog))
    for view in (view for view in catalog.views.values() if view.name in names):
        for how in (*_cuts(view.definition), *_narrowed(catalog, view)):
            yield _doubt(view.name, "is cut off", how, "What goes beyond that is lost.")


def _cuts(definition: str) -> Iterator[str]:
    if whole := _LIMIT.search(definition):
        yield f"It ends with {whole[1]}."
        definition = definition[: whole.start()]
    yield from (f"A part of it has {part[1]}." for part in _PART.finditer(definition))
    caps = (cap[0] for cap in _CAP.finditer(definition))
    large = [cap for cap in caps if _LARGE.search(_NO_NUMBER.sub("", cap))]
    large += [" ".join(case[0].split()) for case in _CASE.finditer(definition)]
    yield from (f"It goes no further than {cap}." for cap in large)
    remainders = _REMAINDER.finditer(_NO_NUMBER.sub("", definition))
    yield from (f"It begins again at {remainder[1]}." for remainder in remainders)


def _narrowed(catalog: Catalog, view: View) -> Iterator[str]:
    """The columns that take fewer characters than any of those of the tables that they may show."""
    for column in view.columns.values():
        length = column.type.base.length
        if length is None or is_id(column.name):
            continue
        names = (name.split(".", 1) for name in sorted(may_show(catalog, view.name, column.name)))
        kinds = [catalog.tables[table].columns[source].type.base for table, source in names]
        texts = [kind for kind in kinds if kind.category == "S"]
        if texts and all(kind.length is None or kind.length > length for kind in texts):
            there = texts[0].text
            yield f"It shows {column.name} as {column.type.text}, and the tables have {there}."


def _doubt(name: str, does: str, how: str, doubt: str) -> Check:
    title, evidence = f"{name} {does} in a way that may be a mistake", (how, doubt)
    remedy = f"Look at the definition of {name}, if this is not meant."
    return Check("store.rule", title, Outcome.WARNING, evidence, remedy, name)

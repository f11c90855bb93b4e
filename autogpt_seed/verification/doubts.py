"""What holds as far as it can be known, and somebody should look at. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from autogpt_seed.catalog import View
from autogpt_seed.verification.report import Check, Outcome


def check_types(code: str, view: View, unfit: Collection[str]) -> Iterator[Check]:
    """That columns were not looked at, because their types are not those of what they are named."""
    if not unfit:
        return
    evidence = tuple(f"{name} is of the type {view.columns[name].type.text}." for name in unfit)
    title = f"{view.name}: {', '.join(unfit)} cannot be compared"
    remedy = "Check it by hand, or let the view have it in the type that the platform gives it."
    yield Check(code, title, Outcome.WARNING, evidence, remedy, view.name)

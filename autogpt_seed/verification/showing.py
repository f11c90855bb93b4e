"""A view above the materialised ones: what it shows, and the checks of that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from autogpt_seed import store_views, views
from autogpt_seed.catalog import Catalog, View
from autogpt_seed.comparison import Sheet
from autogpt_seed.database.trying import Failed, attempt
from autogpt_seed.database.views.row_comparison import Likeness, compare_rows
from autogpt_seed.verification.checks.agreement import Judged
from autogpt_seed.verification.checks.columns import check_columns
from autogpt_seed.verification.checks.figures import Sources
from autogpt_seed.verification.checks.lost_columns import check_lost
from autogpt_seed.verification.checks.stores import unreadable
from autogpt_seed.verification.checks.views import check_shown


@dataclass(frozen=True)
class Showing:
    """What a view shows: in `sheet` the columns whose values can be reckoned, in `plain` how the
    others compare with the rows that they are from, None for a view that is not the platform's."""

    view: View
    sheet: Sheet | Failed
    plain: Likeness | Failed | None


async def read_showing(connection: AsyncConnection, catalog: Catalog, view: View) -> Showing | None:
    """Read a view; None where no column of it can be recognised. That this session lacks the right
    to read it is an error, not a fault of the view."""
    shown = store_views.shown(view)
    columns = shown.columns
    if not columns:
        return None
    read = partial(views.sheet, connection, view, columns)
    sheet = await (attempt(connection, read) if view.privileges.select else read())
    if isinstance(sheet, Failed) or view.name not in store_views.KNOWN:
        return Showing(view, sheet, None)
    compare = partial(compare_rows, connection, catalog, shown)
    return Showing(view, sheet, await attempt(connection, compare))


def check_showing(showing: Showing, sources: Sources) -> Judged:
    """The checks of a view's figures, of its other columns, and of those that are missing."""
    judged = check_shown(showing.view, showing.sheet, sources)
    if isinstance(showing.plain, Failed):
        return judged.with_checks([unreadable(showing.view, showing.plain)])
    judged = judged.with_checks(check_columns(showing.view, showing.plain))
    if isinstance(showing.sheet, Failed) or showing.view.name not in store_views.KNOWN:
        return judged
    return judged.with_checks(check_lost(sources.catalog, store_views.shown(showing.view)))

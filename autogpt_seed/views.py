"""The platform's derived data: refresh it, read its figures, take snapshots of its contents.

Modules above `database/` import these from here.
"""

from __future__ import annotations

from autogpt_seed.database.views.contents import definition_snapshot, result_set, snapshot
from autogpt_seed.database.views.figures import (
    ReviewFigures,
    RunFigures,
    StoreFigures,
    ViewFigures,
    figures,
)
from autogpt_seed.database.views.refresh_function import (
    REFRESH_FUNCTION,
    lacking_index,
    lost_views,
)
from autogpt_seed.database.views.refreshing import (
    Refresh,
    RefreshFailed,
    RefreshPath,
    ViewRefresh,
    refresh,
    try_refresh,
)

__all__ = [
    "REFRESH_FUNCTION",
    "Refresh",
    "RefreshFailed",
    "RefreshPath",
    "ReviewFigures",
    "RunFigures",
    "StoreFigures",
    "ViewFigures",
    "ViewRefresh",
    "definition_snapshot",
    "figures",
    "lacking_index",
    "lost_views",
    "refresh",
    "result_set",
    "snapshot",
    "try_refresh",
]

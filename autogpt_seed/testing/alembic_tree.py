"""The revisions of an `alembic.ini`, as Alembic itself reads them: branches, merges, dependencies.

Revisions are named by their full ids, never relative to another one: `ID-1` means several revisions
below a merge, and Alembic refuses it where the id looks like a number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import to_tuple

from autogpt_seed.errors import ConfigurationError


def all_revisions(ini: Path) -> tuple[str, ...]:
    """Each after those that it needs."""
    return _names(_read(ini), "heads")


def with_those_below(ini: Path, names: Sequence[str]) -> frozenset[str]:
    """All revisions that are applied in a database which was upgraded to `names`.

    A name is what Alembic takes for a revision: an id or its beginning, `heads`, `branch@head`.
    Raises `ConfigurationError` where there is none.
    """
    scripts = _read(ini)
    try:
        return frozenset(_names(scripts, tuple(names)))
    except RevisionError as error:
        newest = ", ".join(_names(scripts, "heads")[-3:])
        raise ConfigurationError(
            f"There is no migration {','.join(names)!r}.",
            evidence=f"{str(error).rstrip('.')}. The last ones are {newest}.",
            remedy="Name one as it is called there, or several with commas between them.",
        ) from error


def tops(ini: Path, names: Collection[str]) -> tuple[str, ...]:
    """Those of the revisions which none of the others needs.

    Alembic refuses two of which one needs the other, also by `depends_on`.
    """
    scripts = _read(ini)
    needed = {lower for name in names for lower in _needs(scripts, name)}
    return tuple(sorted(set(names) - needed))


def _needs(scripts: ScriptDirectory, name: str) -> Iterator[str]:
    script = scripts.get_revision(name)
    for lower in (*to_tuple(script.down_revision, ()), *to_tuple(script.dependencies, ())):
        yield scripts.get_revision(lower).revision


def _names(scripts: ScriptDirectory, upper: str | tuple[str, ...]) -> tuple[str, ...]:
    found = scripts.iterate_revisions(upper, "base")
    return tuple(script.revision for script in found if script)[::-1]


def _read(ini: Path) -> ScriptDirectory:
    try:
        scripts = ScriptDirectory.from_config(Config(ini))
        scripts.get_heads()  # it reads them when it is first asked
    except Exception as error:  # they are programs, which may raise anything
        raise ConfigurationError(
            f"The Alembic migrations of {ini} cannot be read.",
            evidence=f"{type(error).__name__}: {error}",
            remedy="Correct them, then run this again; `alembic history` reads them, too.",
        ) from error
    return scripts

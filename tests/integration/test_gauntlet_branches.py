"""Alembic's branches, merges and dependencies, up and down revision by revision."""

from __future__ import annotations

from pathlib import Path

import pytest

from autogpt_seed.errors import ConfigurationError
from autogpt_seed.gauntlet import run_gauntlet
from autogpt_seed.gauntlet.steps import cut
from autogpt_seed.plan import Plan
from autogpt_seed.testing import Alembic
from autogpt_seed.testing.stairway import climb
from tests.integration.test_gauntlet import platform_script
from tests.integration.testing.test_migration_sources import ENV, INI

PLAN = Plan(users=2, blocks=3, api_key_hash="sha256")
REVISION = """
from alembic import op

revision, down_revision, branch_labels, depends_on = {name!r}, {below!r}, {label!r}, {needs!r}

def upgrade():
    for statement in {up!r}:
        op.execute(statement)

def downgrade():
    op.execute({down!r})
"""
Tree = dict[str, tuple[object, object, list[str], str]]
"""Of each revision: what is below it, what it depends on, its way up, its way down."""

PLATFORM = f"CREATE SCHEMA platform; SET search_path = platform; {platform_script()}"
TREE: Tree = {
    "first": (
        None,
        None,
        [PLATFORM.replace(":", "\\:"), "SET search_path = public"],
        "DROP SCHEMA platform CASCADE",
    ),
    "left": (
        "first",
        None,
        ["CREATE TABLE platform.left_1 (id int)"],
        "DROP TABLE platform.left_1",
    ),
    "left_2": (
        "left",
        None,
        ["ALTER TABLE platform.left_1 ADD a int"],
        "ALTER TABLE platform.left_1 DROP a",
    ),
    "right": (
        "first",
        None,
        ["CREATE TABLE platform.right_1 (id int)"],
        "DROP TABLE platform.right_1",
    ),
    "both": (
        ("left_2", "right"),
        None,
        ["ALTER TABLE platform.right_1 ADD b int"],
        "ALTER TABLE platform.right_1 DROP b",
    ),
    "apart": (None, None, ["CREATE TABLE public.apart (id int)"], "DROP TABLE public.apart"),
    "apart_2": (
        "apart",
        "left",
        ["ALTER TABLE platform.left_1 ADD c int"],
        "ALTER TABLE platform.left_1 DROP c",
    ),
}


def project(folder: Path, tree: Tree) -> Alembic:
    (folder / "scripts/versions").mkdir(parents=True)
    (folder / "scripts/env.py").write_text(ENV)
    (folder / "alembic.ini").write_text(INI.replace("asyncpg", "psycopg"))
    for name, (below, needs, up, down) in tree.items():
        label = f"branch_{name}" if below is None else None
        source = REVISION.format(name=name, below=below, label=label, needs=needs, up=up, down=down)
        (folder / f"scripts/versions/{name}.py").write_text(source)
    return Alembic(folder / "alembic.ini")


@pytest.fixture
def branches(tmp_path: Path) -> Alembic:
    """Two heads: one merges two branches, the other has its own root and needs one of these."""
    return project(tmp_path, TREE)


@pytest.mark.parametrize(
    ("base", "last", "start", "pending"),
    [
        (None, "both", {"left_2", "right"}, {"both"}),
        ("left_2", "both", {"left_2"}, {"right", "both"}),
        ("left_2,right,apart", None, {"left_2", "right", "apart"}, {"both", "apart_2"}),
        ("apart_2", "heads", {"apart_2"}, {"left_2", "right", "both"}),
        ("firs", "branch_apart@head", {"first"}, {"left", "apart", "apart_2"}),
    ],
)
async def test_what_counts_as_applied_is_a_revision_and_all_that_it_needs(
    branches: Alembic,
    base: str | None,
    last: str | None,
    start: set[str],
    pending: set[str],
) -> None:
    below, name, steps = await cut(branches, base, last)
    assert set(name.split(",")) == start
    assert below == branches.at(name)
    names = [step.name for step in steps]
    assert set(names) == pending
    order = branches.revisions()
    assert names == sorted(names, key=order.index)
    assert order.index("left") < order.index("apart_2")
    assert max(map(order.index, ("left_2", "right"))) < order.index("both")


@pytest.mark.parametrize("name", ["both-1", "nothing", "first,nothing", "lef"])
async def test_a_revision_that_is_nobodys_or_many_is_refused(branches: Alembic, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no migration '{name}'"):
        await cut(branches, name, None)


async def test_a_merge_goes_up_and_comes_back_alone(branches: Alembic, server_url: str) -> None:
    report = await run_gauntlet(
        branches, base="left_2,right", last="both", plan=PLAN, server=server_url
    )
    assert (report.base, [step.name for step in report.steps]) == ("left_2,right", ["both"])
    assert report.ok, report.failures
    assert report.steps[0].reversal
    assert report.steps[0].reversal.ok


async def test_what_a_revision_depends_on_is_applied_with_it(
    branches: Alembic, server_url: str
) -> None:
    report = await run_gauntlet(
        branches, base="apart_2", last="right,apart_2", plan=PLAN, server=server_url
    )
    assert (report.base, [step.name for step in report.steps]) == ("apart_2", ["right"])
    assert report.ok, report.failures


def test_branches_of_which_one_needs_the_other_are_climbed(tmp_path: Path, server_url: str) -> None:
    tree: Tree = {
        "needed": (None, None, ["CREATE TABLE a (id int)"], "DROP TABLE a"),
        "another": (None, "needed", ["ALTER TABLE a ADD b int"], "ALTER TABLE a DROP b"),
    }
    climb(server_url, PLAN, project(tmp_path, tree))


async def test_revisions_that_alembic_cannot_read_are_refused_with_its_words(
    tmp_path: Path,
) -> None:
    source = project(tmp_path, {"2026-01": (None, None, [], "")})
    with pytest.raises(ConfigurationError, match="cannot be read") as caught:
        await run_gauntlet(source, server="postgresql://nowhere")
    assert "'-' not allowed in revision identifier '2026-01'" in caught.value.evidence

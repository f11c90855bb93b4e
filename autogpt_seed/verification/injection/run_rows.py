"""The graphs, presets and runs of the ledger -> the rows that are loaded. Pure."""

from __future__ import annotations

from autogpt_seed.rows import Kind, Rows, fields, held, labels, optional, refers
from autogpt_seed.verification.injection.kinds import ListingKind
from autogpt_seed.verification.injection.ledger import Ledger

_ORIGIN = "Made by autogpt-seed verify."

_EXECUTION = fields(
    id=Kind.ID,
    agentGraphId=Kind.ID,
    agentGraphVersion=Kind.INTEGER,
    userId=Kind.ID,
    executionStatus=labels("COMPLETED"),
    isDeleted=Kind.BOOLEAN,
    createdAt=Kind.TIME,
    startedAt=optional(Kind.TIME),
    endedAt=optional(Kind.TIME),
    updatedAt=Kind.TIME,
    parentGraphExecutionId=refers("AgentGraphExecution", optional=True),
    isShared=Kind.BOOLEAN,
    agentPresetId=refers("AgentPreset", optional=True),
)


def graphs(ledger: Ledger) -> Rows:
    """The graphs of new listings, and those that are in no listing."""
    columns = fields(
        id=Kind.ID,
        version=Kind.INTEGER,
        userId=Kind.ID,
        name=Kind.TEXT,
        description=Kind.TEXT,
        isActive=Kind.BOOLEAN,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
        forkedFromId=optional(Kind.ID),
        forkedFromVersion=optional(Kind.INTEGER),
    )
    usual = ListingKind()
    listed = [(graph, listing.kind) for listing in ledger.listings for graph in listing.graphs]
    others = [(graph, usual) for graph in ledger.unlisted]
    records = [
        (
            *(graph.id, graph.version, graph.owner, f"Test Graph {n}", _ORIGIN, not kind.retired),
            *[ledger.time(200, old=kind.old)] * 2,
            *((listed[0][0].id, listed[0][0].version) if kind.forked else (None, None)),
        )
        for n, (graph, kind) in enumerate([*listed, *others], 1)
    ]
    return held("AgentGraph", columns, records)


def presets(ledger: Ledger) -> Rows:
    """A preset for each run that has one, deleted by now, and those that are kept."""
    columns = fields(
        id=Kind.ID,
        userId=refers("User"),
        agentGraphId=Kind.ID,
        agentGraphVersion=Kind.INTEGER,
        name=Kind.TEXT,
        description=Kind.TEXT,
        isActive=Kind.BOOLEAN,
        isDeleted=Kind.BOOLEAN,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    ids = ledger.tag.ids("AgentPreset")
    of_runs = [(run.user, run.graph, True) for run in ledger.executions if run.kind.preset]
    kept = [(one.user, one.graph, False) for one in ledger.kept if one.table == "AgentPreset"]
    records = [
        (
            *(ids[n], user, graph.id, graph.version, f"Test Preset {n + 1}", _ORIGIN),
            *(not deleted, deleted),
            *[ledger.time(100)] * 2,
        )
        for n, (user, graph, deleted) in enumerate([*of_runs, *kept])
    ]
    return held("AgentPreset", columns, records)


def library_agents(ledger: Ledger) -> Rows:
    """The agents that are kept in libraries."""
    columns = fields(
        id=Kind.ID,
        userId=refers("User"),
        agentGraphId=Kind.ID,
        agentGraphVersion=Kind.INTEGER,
        isCreatedByUser=Kind.BOOLEAN,
        isArchived=Kind.BOOLEAN,
        isDeleted=Kind.BOOLEAN,
        createdAt=Kind.TIME,
        updatedAt=Kind.TIME,
    )
    ids = ledger.tag.ids("LibraryAgent")
    kept = [one for one in ledger.kept if one.table == "LibraryAgent"]
    records = [
        (
            *(ids[n], one.user, one.graph.id, one.graph.version),
            *(one.user == one.graph.owner, False, False),
            *[ledger.time(100)] * 2,
        )
        for n, one in enumerate(kept)
    ]
    return held("LibraryAgent", columns, records)


def executions(ledger: Ledger) -> Rows:
    """The runs, of new graphs and of those that were there."""
    ids, preset_ids = ledger.tag.ids("AgentGraphExecution"), ledger.tag.ids("AgentPreset")
    used = preset_ids.ascending()
    records = [
        (
            ids[n],
            run.graph.id,
            run.graph.version,
            run.user,
            run.kind.status,
            run.kind.deleted,
            made := ledger.time(old=run.kind.old),
            *[made if run.kind.timed else None] * 2,
            made,
            ids[0] if run.kind.nested else None,
            run.kind.shared,
            next(used) if run.kind.preset else None,
        )
        for n, run in enumerate(ledger.executions)
    ]
    return held("AgentGraphExecution", _EXECUTION, records)

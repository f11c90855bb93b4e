"""The rules of what users make and run: graphs, presets, libraries, executions."""

from __future__ import annotations

from tests.integration.coherence.rules import (
    IMAGE,
    THREE_WORDS,
    UNLIKE,
    Rule,
    change,
    each,
    number,
)

GRAPHS = (
    each(
        "a block is called by a word and eight digits",
        "AgentBlock",
        "name ~ '^[a-z]+_[0-9a-f]{8}$'",
        "name = 'block'",
    ),
    each(
        "a block takes and gives nothing in particular",
        "AgentBlock",
        """"inputSchema" = '{}' AND "outputSchema" = '{}'""",
        """"outputSchema" = '[]'""",
    ),
    number("a user has 1 to 5 graphs", "User", "AgentGraph", "userId", "BETWEEN 1 AND 5"),
    each(
        "a graph is in version 1 and active",
        "AgentGraph",
        'version = 1 AND "isActive"',
        '"isActive" = false',
    ),
    each("a graph has a name of three words", "AgentGraph", f"name ~ {THREE_WORDS}", "name = 'A'"),
    each(
        "a graph is described in up to 200 characters",
        "AgentGraph",
        "length(description) BETWEEN 1 AND 200",
        "description = repeat('a', 201)",
    ),
    number(
        "a graph has 2 to 5 nodes", "AgentGraph", "AgentNode", "agentGraphId", "BETWEEN 2 AND 5"
    ),
    each(
        "a node is bare",
        "AgentNode",
        """"constantInput" = '{}' AND metadata = '{}'""",
        """metadata = '{"a": 1}'""",
    ),
    Rule(
        "a graph of two nodes or more has one link",
        """SELECT g.id FROM "AgentGraph" g JOIN "AgentNode" n ON n."agentGraphId" = g.id
           LEFT JOIN "AgentNodeLink" l ON l."agentNodeSourceId" = n.id
           GROUP BY g.id HAVING count(l.id) <> (count(DISTINCT n.id) > 1)::int""",
        'DELETE FROM "AgentNodeLink"',
    ),
    Rule(
        "a link leads from the first node of a graph to its second",
        """SELECT l.id FROM "AgentNodeLink" l JOIN (
             SELECT "agentGraphId", array_agg(id ORDER BY id COLLATE "C") AS ids
             FROM "AgentNode" GROUP BY "agentGraphId") AS nodes
           ON l."agentNodeSourceId" = ANY (ids)
           WHERE l."agentNodeSourceId" <> ids[1] OR l."agentNodeSinkId" <> ids[2]""",
        change("AgentNodeLink", '"agentNodeSinkId" = "agentNodeSourceId"'),
    ),
    each(
        "a link carries output1 to input1 and is not static",
        "AgentNodeLink",
        """"sourceName" = 'output1' AND "sinkName" = 'input1' AND NOT "isStatic\"""",
        '"isStatic" = true',
    ),
)

LIBRARY = (
    number("a user has 1 to 5 presets", "User", "AgentPreset", "userId", "BETWEEN 1 AND 5"),
    each("a preset has a name of three words", "AgentPreset", f"name ~ {THREE_WORDS}", "name = ''"),
    each(
        "a preset is described in up to 200 characters",
        "AgentPreset",
        "length(description) BETWEEN 1 AND 200",
        "description = ''",
    ),
    each("a preset is active", "AgentPreset", '"isActive"', '"isActive" = false'),
    number(
        "a user has 1 to 10 agents in the library",
        "User",
        "LibraryAgent",
        "userId",
        "BETWEEN 1 AND 10",
    ),
    Rule(
        "no agent is twice in a library",
        """SELECT "userId" FROM "LibraryAgent" GROUP BY "userId"
           HAVING count(*) > count(DISTINCT "agentGraphId")""",
        """UPDATE "LibraryAgent" SET "agentGraphId" = (SELECT min(id) FROM "AgentGraph"),
           "agentGraphVersion" = 2 + abs(hashtext(id)) % 1000000""",
    ),
    Rule(
        "the creator of an agent is the profile of its graph's owner",
        """SELECT l.id FROM "LibraryAgent" l JOIN "AgentGraph" g ON g.id = l."agentGraphId"
           LEFT JOIN "Profile" p ON p."userId" = g."userId"
           WHERE l."creatorId" IS DISTINCT FROM p.id""",
        change("LibraryAgent", '"creatorId" = NULL'),
    ),
    Rule(
        "an agent is created by a user exactly when the graph belongs to that user",
        """SELECT l.id FROM "LibraryAgent" l JOIN "AgentGraph" g ON g.id = l."agentGraphId"
           WHERE l."isCreatedByUser" <> (g."userId" = l."userId")""",
        change("LibraryAgent", '"isCreatedByUser" = NOT "isCreatedByUser"'),
    ),
    each(
        "an agent's image is one, if there is any",
        "LibraryAgent",
        f'"imageUrl" IS NULL OR "imageUrl" ~ {IMAGE}',
        f'"imageUrl" = {UNLIKE}',
    ),
)

EXECUTIONS = (
    number(
        "a graph has 1 to 20 executions",
        "AgentGraph",
        "AgentGraphExecution",
        "agentGraphId",
        "BETWEEN 1 AND 20",
    ),
    Rule(
        "one user runs a graph",
        """SELECT "agentGraphId" FROM "AgentGraphExecution" GROUP BY "agentGraphId"
           HAVING count(DISTINCT "userId") > 1""",
        """UPDATE "AgentGraphExecution" SET "userId" = id""",
    ),
    each(
        "an execution of a graph is completed",
        "AgentGraphExecution",
        """"executionStatus" = 'COMPLETED'""",
        """"executionStatus" = 'FAILED'""",
    ),
    each(
        "an execution starts within the year before the as-of time",
        "AgentGraphExecution",
        "\"startedAt\" BETWEEN :as_of - interval '366 days' AND :as_of",
        '"startedAt" = "startedAt" - interval \'366 days\'',
    ),
    each(
        "a finished execution has an end",
        "AgentGraphExecution",
        '"endedAt" >= "startedAt"',
        '"endedAt" = NULL',
        needs="endedAt",
    ),
    Rule(
        "the preset of an execution is one of its graph",
        """SELECT e.id FROM "AgentGraphExecution" e JOIN "AgentPreset" p ON p.id = e."agentPresetId"
           WHERE p."agentGraphId" <> e."agentGraphId" """,
        """UPDATE "AgentGraphExecution" SET "agentPresetId" = (SELECT min(id) FROM "AgentPreset")
           WHERE "agentPresetId" IS NULL""",
    ),
    Rule(
        "an execution of a graph executes each of its nodes once",
        """SELECT e.id, n.id FROM "AgentGraphExecution" e
           JOIN "AgentNode" n ON n."agentGraphId" = e."agentGraphId"
           LEFT JOIN "AgentNodeExecution" x
           ON x."agentGraphExecutionId" = e.id AND x."agentNodeId" = n.id
           GROUP BY e.id, n.id HAVING count(x.id) <> 1""",
        """DELETE FROM "AgentNodeExecution"
           WHERE id = (SELECT min(id) FROM "AgentNodeExecution")""",
    ),
    Rule(
        "an execution of a graph executes no other nodes",
        """SELECT x.id FROM "AgentNodeExecution" x
           JOIN "AgentGraphExecution" e ON e.id = x."agentGraphExecutionId"
           JOIN "AgentNode" n ON n.id = x."agentNodeId"
           WHERE n."agentGraphId" <> e."agentGraphId" """,
        """UPDATE "AgentNodeExecution" SET "agentNodeId" = (SELECT min(id) FROM "AgentNode")""",
    ),
    each(
        "an execution of a node is completed",
        "AgentNodeExecution",
        """"executionStatus" = 'COMPLETED'""",
        """"executionStatus" = 'QUEUED'""",
    ),
    Rule(
        "nodes are executed within the execution of their graph",
        """SELECT x.id FROM "AgentNodeExecution" x
           JOIN "AgentGraphExecution" e ON e.id = x."agentGraphExecutionId"
           WHERE (e."startedAt" <= x."addedTime" AND x."addedTime" <= x."queuedTime"
             AND x."queuedTime" <= x."startedTime" AND x."startedTime" <= x."endedTime"
             AND x."endedTime" <= e."updatedAt") IS NOT TRUE""",
        change("AgentNodeExecution", '"endedTime" = NULL'),
    ),
    Rule(
        "nodes are executed before the execution of their graph ends",
        """SELECT x.id FROM "AgentNodeExecution" x
           JOIN "AgentGraphExecution" e ON e.id = x."agentGraphExecutionId"
           WHERE (x."endedTime" <= e."endedAt") IS NOT TRUE""",
        change("AgentNodeExecution", '"endedTime" = "endedTime" + interval \'1 hour\''),
        frozenset({"AgentGraphExecution.endedAt"}),
    ),
    *(
        Rule(
            f"the execution of a node has one {name}",
            f"""SELECT x.id FROM "AgentNodeExecution" x LEFT JOIN "AgentNodeExecutionInputOutput" d
                ON d."{column}" = x.id GROUP BY x.id
                HAVING count(*) FILTER (WHERE d.name = '{name}') <> 1 OR count(*) <> 1""",
            f"""DELETE FROM "AgentNodeExecutionInputOutput" WHERE name = '{name}'""",
        )
        for name, column in (
            ("input1", "referencedByInputExecId"),
            ("output1", "referencedByOutputExecId"),
        )
    ),
    each(
        "what goes in or comes out is empty and belongs to one execution",
        "AgentNodeExecutionInputOutput",
        """data = '{}'
           AND num_nonnulls("referencedByInputExecId", "referencedByOutputExecId") = 1""",
        '"referencedByInputExecId" = NULL, "referencedByOutputExecId" = NULL',
    ),
)

WORK = (*GRAPHS, *LIBRARY, *EXECUTIONS)

"""The rules of the store: listings, versions, reviews."""

from __future__ import annotations

from tests.integration.coherence.rules import (
    IMAGE,
    SENTENCE,
    SLUG,
    UNLIKE,
    VIDEO,
    Rule,
    all_of,
    change,
    distinct,
    each,
    number,
)

STORE = (
    number("a graph is listed once", "AgentGraph", "StoreListing", "agentGraphId", "= 1"),
    each("a slug fits into a URL", "StoreListing", f"slug ~ {SLUG}", "slug = 'a/b'"),
    Rule(
        "a listing has an approved version exactly when it says so",
        """SELECT l.id FROM "StoreListing" l WHERE l."hasApprovedVersion" <> EXISTS (
             SELECT FROM "StoreListingVersion" v
             WHERE v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED')""",
        change("StoreListing", '"hasApprovedVersion" = NOT "hasApprovedVersion"'),
    ),
    Rule(
        "the active version of an approved listing is one of its approved versions",
        """SELECT l.id FROM "StoreListing" l WHERE l."hasApprovedVersion" AND NOT EXISTS (
             SELECT FROM "StoreListingVersion" v WHERE v.id = l."activeVersionId"
             AND v."storeListingId" = l.id AND v."submissionStatus" = 'APPROVED')""",
        change("StoreListing", '"activeVersionId" = NULL', '"hasApprovedVersion"'),
    ),
    Rule(
        "a listing that is not approved has no active version",
        """SELECT id FROM "StoreListing" WHERE NOT "hasApprovedVersion"
           AND "activeVersionId" IS NOT NULL""",
        change(
            "StoreListing",
            """"activeVersionId" =
               (SELECT v.id FROM "StoreListingVersion" v WHERE v."storeListingId" =
                "StoreListing".id)""",
            'NOT "hasApprovedVersion"',
        ),
    ),
    Rule(
        "the store shows something",
        """SELECT 'nothing approved' WHERE NOT EXISTS (
             SELECT FROM "StoreListingVersion" WHERE "submissionStatus" = 'APPROVED')""",
        """UPDATE "StoreListingVersion" SET "submissionStatus" = 'REJECTED'""",
    ),
    Rule(
        "somebody runs and reviews a listing whose graph is not theirs",
        """SELECT 'nobody does' WHERE (SELECT count(*) FROM "User") > 1 AND NOT EXISTS (
             SELECT FROM "StoreListingVersion" v
             JOIN "AgentGraph" g ON g.id = v."agentGraphId"
             JOIN "AgentGraphExecution" e ON e."agentGraphId" = g.id AND e."userId" <> g."userId"
             JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id
             AND r."reviewByUserId" <> g."userId" WHERE v."submissionStatus" = 'APPROVED')""",
        """UPDATE "AgentGraphExecution" e SET "userId" = g."userId" FROM "AgentGraph" g
           WHERE g.id = e."agentGraphId" """,
    ),
    number(
        "a listing has one version", "StoreListing", "StoreListingVersion", "storeListingId", "= 1"
    ),
    Rule(
        "a version is of the graph that is listed, and bears its name",
        """SELECT v.id FROM "StoreListingVersion" v
           JOIN "StoreListing" l ON l.id = v."storeListingId"
           JOIN "AgentGraph" g ON g.id = l."agentGraphId" AND g.version = l."agentGraphVersion"
           WHERE (v.version, v."agentGraphId", v."agentGraphVersion", v.name)
             IS DISTINCT FROM (1, g.id, g.version, g.name)""",
        change("StoreListingVersion", "name = 'Another Name'"),
    ),
    each(
        "a version's sub-heading is a sentence",
        "StoreListingVersion",
        f'"subHeading" ~ {SENTENCE}',
        "\"subHeading\" = 'no sentence'",
    ),
    each(
        "a version is described",
        "StoreListingVersion",
        f"description ~ {SENTENCE}",
        "description = ''",
    ),
    each(
        "a video is one of five",
        "StoreListingVersion",
        f'"videoUrl" IS NULL OR "videoUrl" ~ {VIDEO}',
        f'"videoUrl" = {UNLIKE}',
    ),
    each(
        "a version has three images",
        "StoreListingVersion",
        f'cardinality("imageUrls") = 3 AND {all_of("imageUrls", f"item ~ {IMAGE}")}',
        f'"imageUrls"[2] = {UNLIKE}',
    ),
    each(
        "a version has three categories",
        "StoreListingVersion",
        f"cardinality(categories) = 3 AND {distinct('categories')}",
        "categories = '{productivity,productivity,data}'",
    ),
    each("a version is available", "StoreListingVersion", '"isAvailable"', '"isAvailable" = false'),
    each(
        "a version is pending, approved or rejected",
        "StoreListingVersion",
        "\"submissionStatus\" IN ('PENDING', 'APPROVED', 'REJECTED')",
        "\"submissionStatus\" = 'DRAFT'",
    ),
    each(
        "a version was submitted",
        "StoreListingVersion",
        '"submittedAt" IS NOT NULL',
        '"submittedAt" = NULL',
    ),
    Rule(
        "a version has 1 to 5 reviews, as far as there are users",
        """SELECT v.id FROM "StoreListingVersion" v
           LEFT JOIN "StoreListingReview" r ON r."storeListingVersionId" = v.id GROUP BY v.id
           HAVING count(r.id) NOT BETWEEN 1 AND LEAST(5, (SELECT count(*) FROM "User"))""",
        'DELETE FROM "StoreListingReview"',
    ),
    Rule(
        "nobody reviews a version twice",
        """SELECT "storeListingVersionId" FROM "StoreListingReview"
           GROUP BY "storeListingVersionId" HAVING count(*) > count(DISTINCT "reviewByUserId")""",
        'DROP INDEX "StoreListingReview_storeListingVersionId_reviewByUserId_key";'
        """UPDATE "StoreListingReview" SET "reviewByUserId" = (SELECT min(id) FROM "User")""",
    ),
    each(
        "a review gives 1 to 5 and says why",
        "StoreListingReview",
        r"score BETWEEN 1 AND 5 AND comments ~ '\S'",
        "score = 6",
    ),
)

"""The rules of users: who they are, what they keep, how far they came, how they come in."""

from __future__ import annotations

from tests.integration.coherence.rules import (
    DIGEST,
    HEAD,
    IMAGE,
    SLUG,
    TAIL,
    UNLIKE,
    UUID,
    WORD,
    Rule,
    change,
    distinct,
    each,
    number,
    share,
)

IDENTITY = (
    each("a user has a name", "User", r"name ~ '\S'", "name = NULL"),
    each(
        "no mail can reach a user",
        "User",
        r"email ~ '^[^@\s]+@example\.(com|org|net)$'",
        "email = 'somebody@gmail.com'",
    ),
    each(
        "a user starts without metadata and integrations",
        "User",
        "metadata = '{}' AND integrations = ''",
        "integrations = 'github'",
    ),
    number("a user has one profile", "User", "Profile", "userId", "= 1"),
    Rule(
        "a profile bears the name of its user",
        'SELECT p.id FROM "Profile" p JOIN "User" u ON u.id = p."userId" WHERE p.name <> u.name',
        change("Profile", "name = 'Somebody Else'"),
    ),
    each("a profile can be looked up", "Profile", f"username ~ {SLUG}", "username = 'A b'"),
    each("a profile is described", "Profile", r"description ~ '\S'", "description = ''"),
    each("a profile has three links", "Profile", "cardinality(links) = 3", "links = '{a,b}'"),
    each("an avatar is an image", "Profile", f'"avatarUrl" ~ {IMAGE}', f'"avatarUrl" = {UNLIKE}'),
)

ACCOUNTS = (
    number("a user has one detail of analytics", "User", "AnalyticsDetails", "userId", "= 1"),
    each(
        "a detail has a type and an index",
        "AnalyticsDetails",
        f"""type ~ {WORD} AND "dataIndex" ~ {WORD} AND data = '{{}}'""",
        "type = 'two words'",
    ),
    number("a user has one metric of analytics", "User", "AnalyticsMetrics", "userId", "= 1"),
    each(
        "a metric lies between 0 and 100",
        "AnalyticsMetrics",
        f'value BETWEEN 0 AND 100 AND "analyticMetric" ~ {WORD} AND "dataString" ~ {WORD}',
        "value = 100.5",
    ),
    number("a user has one transaction", "User", "CreditTransaction", "userId", "= 1"),
    each(
        "a transaction's key is a UUID",
        "CreditTransaction",
        f'"transactionKey" ~ {UUID}',
        """"transactionKey" = '1'""",
    ),
    each(
        "credits are bought, or used with a minus sign",
        "CreditTransaction",
        """type = 'TOP_UP' AND amount BETWEEN 1 AND 100
           OR type = 'USAGE' AND amount BETWEEN -100 AND -1""",
        "amount = -amount",
    ),
    each(
        "no balance is kept",
        "CreditTransaction",
        """"runningBalance" IS NULL AND metadata = '{}'""",
        '"runningBalance" = 5',
    ),
)

STEPS = '"completedSteps"'
ONBOARDING = (
    share("70 % of the users are welcomed", "UserOnboarding", "true", "User", 0.7),
    share(
        "80 % of them have made steps",
        "UserOnboarding",
        f"cardinality({STEPS}) > 0",
        "UserOnboarding",
        0.8,
    ),
    share(
        "70 % of them say why they came",
        "UserOnboarding",
        '"usageReason" IS NOT NULL',
        "UserOnboarding",
        0.7,
    ),
    share(
        "20 % of them use something else",
        "UserOnboarding",
        '"otherIntegrations" IS NOT NULL',
        "UserOnboarding",
        0.2,
    ),
    share(
        "half of them have chosen an agent",
        "UserOnboarding",
        '"selectedStoreListingVersionId" IS NOT NULL',
        "UserOnboarding",
        0.5,
    ),
    share(
        "30 % of them have run an agent",
        "UserOnboarding",
        '"onboardingAgentExecutionId" IS NOT NULL',
        "UserOnboarding",
        0.3,
    ),
    each(
        "no step is made twice",
        "UserOnboarding",
        distinct(STEPS),
        f"{STEPS} = '{{CONGRATS,CONGRATS}}'",
    ),
    each(
        "users are told of three of their steps",
        "UserOnboarding",
        f"""notified <@ {STEPS} AND {distinct("notified")}
            AND cardinality(notified) = LEAST(3, cardinality({STEPS}))""",
        "notified = '{CONGRATS,CONGRATS}'",
    ),
    each(
        "users are rewarded for two of their steps",
        "UserOnboarding",
        f""""rewardedFor" <@ {STEPS} AND {distinct('"rewardedFor"')}
            AND cardinality("rewardedFor") = LEAST(2, cardinality({STEPS}))""",
        "\"rewardedFor\" = '{CONGRATS}'",
    ),
    each(
        "users come for one of four reasons",
        "UserOnboarding",
        """"usageReason" IS NULL
           OR "usageReason" IN ('personal', 'business', 'research', 'learning')""",
        "\"usageReason\" = 'fun'",
    ),
    each(
        "users connect up to two of four services",
        "UserOnboarding",
        f"""integrations <@ '{{github,google,discord,slack}}' AND cardinality(integrations) <= 2
            AND {distinct("integrations")}""",
        "integrations = '{github,google,slack}'",
    ),
    each(
        "what else users connect is a word",
        "UserOnboarding",
        f'"otherIntegrations" IS NULL OR "otherIntegrations" ~ {WORD}',
        "\"otherIntegrations\" = ''",
    ),
    each(
        "users have run agents up to ten times",
        "UserOnboarding",
        '"agentRuns" BETWEEN 0 AND 10',
        '"agentRuns" = 11',
    ),
)

INTEGRATIONS = (
    Rule(
        "30 % of the users have webhooks",
        """SELECT 1 FROM "User" HAVING abs(0.3 * count(*) - (
             SELECT count(DISTINCT "userId") FROM "IntegrationWebhook")) > 0.5""",
        'DELETE FROM "IntegrationWebhook"',
    ),
    Rule(
        "who has webhooks has 1 to 3",
        'SELECT "userId" FROM "IntegrationWebhook" GROUP BY "userId" HAVING count(*) > 3',
        """UPDATE "IntegrationWebhook" SET "userId" = (SELECT min(id) FROM "User")""",
    ),
    each(
        "a webhook is of one of three services, and watches what that one has",
        "IntegrationWebhook",
        """(provider, "webhookType") IN
           (('github', 'repo'), ('slack', 'channel'), ('discord', 'server'))""",
        "provider = CASE provider WHEN 'github' THEN 'slack' ELSE 'github' END",
    ),
    each(
        "a webhook's resource is a slug",
        "IntegrationWebhook",
        f"resource ~ {SLUG}",
        "resource = 'a b'",
    ),
    each(
        "a webhook tells of 1 to 3 events",
        "IntegrationWebhook",
        f"""events <@ '{{created,updated,deleted}}' AND cardinality(events) BETWEEN 1 AND 3
            AND {distinct("events")}""",
        "events = '{}'",
    ),
    each(
        "a webhook knows its URL",
        "IntegrationWebhook",
        "config = jsonb_build_object('url', config ->> 'url') AND config ->> 'url' ~ '^https://'",
        """config = '{"url": "nowhere"}'""",
    ),
    each(
        "a webhook's secret has 64 digits",
        "IntegrationWebhook",
        f"secret ~ {DIGEST}",
        "secret = 'secret'",
    ),
    each(
        "a webhook is known elsewhere by UUIDs",
        "IntegrationWebhook",
        f'"credentialsId" ~ {UUID} AND "providerWebhookId" ~ {UUID}',
        "\"credentialsId\" = '7'",
    ),
)

API_KEYS = (
    number("a user has one API key", "User", "APIKey", "userId", "= 1"),
    each(
        "an API key shows its ends and keeps a hash",
        "APIKey",
        f"head ~ {HEAD} AND tail ~ {TAIL} AND hash ~ {DIGEST}",
        "head = 'agpt_'",
        needs="head tail hash",
    ),
    each(
        "a salt has 32 bytes, if there is any",
        "APIKey",
        f"salt IS NULL OR salt ~ {DIGEST}",
        "salt = 'salt'",
        needs="salt",
    ),
    each(
        "an API key of an older schema shows its ends and keeps a hash",
        "APIKey",
        f"prefix ~ {HEAD} AND postfix ~ {TAIL} AND key ~ {DIGEST}",
        "postfix = 'short'",
        needs="prefix postfix key",
    ),
    each(
        "an API key is active and may run and read graphs",
        "APIKey",
        """status = 'ACTIVE' AND cardinality(permissions) = 2
           AND permissions @> '{EXECUTE_GRAPH,READ_GRAPH}'""",
        "permissions = '{READ_GRAPH}'",
    ),
    each(
        "an API key has a name and a description",
        "APIKey",
        rf"name ~ {WORD} AND description ~ '\S'",
        "name = 'two words'",
    ),
)

PEOPLE = (*IDENTITY, *ACCOUNTS, *ONBOARDING, *INTEGRATIONS, *API_KEYS)

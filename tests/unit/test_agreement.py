"""Views agree where one rule explains all of them, as far as their rows can tell."""

from __future__ import annotations

from autogpt_seed.verification.checks.agreement import CountingRule, check_agreement
from autogpt_seed.verification.checks.rules import REVIEW_RULES, RUN_RULES, ReviewRule, RunRule
from autogpt_seed.verification.report import Outcome

ALL, NO_OWNERS = RUN_RULES[0], RunRule(without_owners=True)


def counted(view: str, rule: RunRule | ReviewRule, *others: RunRule | ReviewRule) -> CountingRule:
    return CountingRule(view, rule, iter(others))


def test_views_that_count_by_different_rules_are_named_with_them() -> None:
    (check,) = check_agreement([counted("a", ALL), counted("b", NO_OWNERS), counted("c", ALL)])
    assert (check.code, check.outcome) == ("store.agreement", Outcome.WARNING)
    assert check.title == "The views count runs by different rules"
    assert check.evidence == (
        "a: the runs of each graph.",
        "b: the runs of each graph, without those by its owner.",
        "c: the runs of each graph.",
    )


def test_views_agree_where_the_rows_of_one_cannot_tell_its_rule_from_the_others() -> None:
    assert not list(check_agreement([counted("a", ALL, NO_OWNERS), counted("b", NO_OWNERS)]))


def test_three_views_need_one_rule_for_all() -> None:
    live, in_store, newest, *_ = REVIEW_RULES
    views = [counted("a", live, in_store), counted("b", in_store, newest)]
    assert not list(check_agreement(views))
    views = [counted("a", live, in_store), counted("b", in_store, newest), counted("c", newest)]
    (check,) = check_agreement(views)
    assert "reviews" in check.title


def test_runs_and_reviews_need_not_agree() -> None:
    assert not list(check_agreement([counted("a", ALL), counted("b", REVIEW_RULES[1])]))

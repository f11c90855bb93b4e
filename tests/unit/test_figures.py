"""The figures of the store, in words."""

from __future__ import annotations

from autogpt_seed.database.views.figures import ReviewFigures, RunFigures, StoreFigures, ViewFigures


def test_each_view_is_one_sentence() -> None:
    found = ViewFigures(
        RunFigures(1200, 3150, 20, 1), ReviewFigures(98, 307, 3.004), StoreFigures(98, 10.14, 3.0)
    )
    assert found.sentences() == (
        "1,200 agents with 3,150 runs, 1 to 20 each",
        "98 listings with 307 reviews, mean rating 3.00",
        "98 agents in the store, mean runs 10.14, mean rating 3.00",
    )


def test_one_of_a_kind_is_told_in_the_singular() -> None:
    found = ViewFigures(RunFigures(1, 1, 1, 1), ReviewFigures(1, 1, 3.0), StoreFigures(1, 1.0, 3.0))
    assert found.sentences() == (
        "1 agent with 1 run",
        "1 listing with 1 review, mean rating 3.00",
        "1 agent in the store, mean runs 1.00, mean rating 3.00",
    )


def test_an_empty_store_is_said_to_be_empty() -> None:
    found = ViewFigures(
        RunFigures(0, None, None, None), ReviewFigures(0, None, None), StoreFigures(0, None, None)
    )
    assert found.sentences() == (
        "no agents with runs",
        "no listings with approved versions",
        "no agents in the store",
    )


def test_a_view_that_is_not_there_is_not_mentioned() -> None:
    assert ViewFigures(None, None, None).sentences() == ()

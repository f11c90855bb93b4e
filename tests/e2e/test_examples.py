"""The example projects, whose tests are run as their authors would run them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_tests_of_the_bookmarks_pass(pytester: pytest.Pytester, server_url: str) -> None:
    shutil.copytree(EXAMPLES / "bookmarks", pytester.path, dirs_exist_ok=True)
    server = f"--autogpt-seed-server={server_url}"
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", server)
    result.assert_outcomes(passed=8)

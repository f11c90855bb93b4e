"""The checkers are part of the test command: types, lint, format, the floors, public names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import autogpt_seed
import autogpt_seed.testing

ROOT = Path(__file__).parents[2]
CHECKS = {
    "mypy": [sys.executable, "-m", "mypy"],
    "ruff check": [sys.executable, "-m", "ruff", "check"],
    "ruff format": [sys.executable, "-m", "ruff", "format", "--check"],
    "import-linter": [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
    ],
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_code_passes(check: str) -> None:
    result = subprocess.run(CHECKS[check], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_misspelt_name_is_an_error_to_a_type_checker_and_a_right_one_is_not(
    tmp_path: Path,
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from autogpt_seed import Bind, Progress, VerifySettings, populate, popluate\n"
        "from autogpt_seed.testing import Recipe, Recpie\n"
        "import autogpt_seed\n"
        "autogpt_seed.verify\n"
        "autogpt_seed.veriffy\n"
    )
    command = [*CHECKS["mypy"], str(program)]  # finds the cache of the check of all files
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    errors = [line for line in checked.stdout.splitlines() if "program.py:" in line]
    assert len(errors) == 3, checked.stdout + checked.stderr
    for misspelt, line in zip(("popluate", "Recpie", "veriffy"), errors, strict=True):
        assert f'has no attribute "{misspelt}"' in line


@pytest.mark.parametrize("package", [autogpt_seed, autogpt_seed.testing])
def test_every_public_name_is_found_where_its_package_says(package: ModuleType) -> None:
    assert [name for name in package.__all__ if not hasattr(package, name)] == []

"""Every finding that verify can make is explained on its page, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = re.compile(r'"((?:data|view|store|refresh|cron|trace)\.[a-z]+)"')


def test_each_code_has_a_heading() -> None:
    sources = (ROOT / "autogpt_seed" / "verification").rglob("*.py")
    used = {code for source in sources for code in CODE.findall(source.read_text("utf-8"))}
    page = (ROOT / "docs" / "verify.md").read_text("utf-8")
    assert set(re.findall(r"^### (\S+)$", page, re.MULTILINE)) == used

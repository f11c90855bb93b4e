"""The transcripts in the README: run for real, compared by a test, renewed by this program.

python -m tests.transcripts     runs the commands anew and writes what they print

`<!-- transcript: COMMAND -->` stands before all that COMMAND prints, and with `, from WORD` before
what it prints from the line on that begins with WORD.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(
    r"(?P<mark><!-- transcript: (?P<command>[^,]+?)(, from (?P<first>\w+))? -->\n```console\n)"
    r"\$ (?P=command)\n(?P<text>.*?)```",
    re.DOTALL,
)
_VARYING = {
    r"\d+\.\d+ s": "<seconds>",
    r"\b[0-9a-f]{15}\b": "<run tag>",
    r"\b\d{4}-\d{2}-\d{2}\b": "<day>",
    r"-[0-9a-f]{8}\b": "-<id>",
}


class Transcript(NamedTuple):
    """What the README shows of a command's output: from the line that begins with `first`."""

    command: str
    first: str | None
    text: str

    def of(self, output: str) -> str:
        """What is to be shown of the output."""
        if self.first is None:
            return output
        _, first, rest = output.partition(f"\n{self.first}")
        return f"…{first}{rest}"


def read() -> list[Transcript]:
    """The README's transcripts."""
    return [_transcript(block) for block in _BLOCK.finditer(README.read_text("utf-8"))]


def _transcript(block: re.Match[str]) -> Transcript:
    return Transcript(block["command"], block["first"], block["text"])


@contextmanager
def used_home() -> Iterator[Path]:
    """Where an embedded server was made before, so that no transcript tells of the making."""
    with tempfile.TemporaryDirectory(prefix="autogpt-seed-readme-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # the server's account must be able to pass through
        run("autogpt-seed migrate", home)
        yield home


def run(command: str, home: Path) -> str:
    """What `command` prints, with an embedded server of its own, 80 columns, no colour."""
    environment = {"PATH": os.environ["PATH"], "AUTOGPT_SEED_HOME": str(home), "COLUMNS": "80"}
    words = [sys.executable, "-m", "autogpt_seed", *command.split()[1:]]
    result = subprocess.run(
        words,
        env=environment,
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        raise AssertionError(f"{command} ended with {result.returncode}:\n{result.stdout}")
    return "".join(f"{line.rstrip()}\n" for line in result.stdout.splitlines())


def masked(text: str) -> str:
    """The text without what differs from run to run, where its lines break among it."""
    text = " ".join(text.split())
    for pattern, mask in _VARYING.items():
        text = re.sub(pattern, mask, text)
    return text


def renew() -> None:
    """Write the README's transcripts anew."""
    with used_home() as home:
        outputs = {shown.command: run(shown.command, home) for shown in read()}

    def block(match: re.Match[str]) -> str:
        shown = _transcript(match)
        return f"{match['mark']}$ {shown.command}\n{shown.of(outputs[shown.command])}```"

    README.write_text(_BLOCK.sub(block, README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    renew()

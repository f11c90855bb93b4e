"""The transcripts in the README: run for real, compared by a test, renewed by this program.

python -m tests.transcripts     runs the commands anew and writes what they print
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

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(
    r"<!-- transcript: (?P<command>.+?) -->\n```console\n(?P<text>.*?)```", re.DOTALL
)
_VARYING = {
    r"\d+\.\d+ s": "<seconds>",
    r"\b[0-9a-f]{15}\b": "<run tag>",
    r"\b\d{4}-\d{2}-\d{2}\b": "<day>",
    r"-[0-9a-f]{8}\b": "-<id>",
}


def read() -> dict[str, str]:
    """The commands of the README's transcripts, with what stands there as their output."""
    blocks = _BLOCK.finditer(README.read_text("utf-8"))
    return {
        block["command"]: block["text"].removeprefix(f"$ {block['command']}\n") for block in blocks
    }


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
        outputs = {command: run(command, home) for command in read()}

    def block(match: re.Match[str]) -> str:
        command = match["command"]
        head = f"<!-- transcript: {command} -->\n```console\n$ {command}\n"
        return f"{head}{outputs[command]}```"

    README.write_text(_BLOCK.sub(block, README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    renew()

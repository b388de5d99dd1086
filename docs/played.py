"""Pages whose commands are run: below each stands what it said, so that no page promises what is not so.

A block of YAML whose first line is `# mine.yaml` is that file; a block of console lines that begin with `$` is run in a
folder of its own, in which the repository's `examples` lie.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
_FILE = re.compile(r"^```yaml\n# (\S+\.yaml)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def played(page: Path) -> str:
    """The page with what its commands say now. Raises `subprocess.CalledProcessError` for one that fails."""
    text = page.read_text(encoding="utf-8")
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
        for file, content in _FILE.findall(text):
            (folder / file).write_text(content, encoding="utf-8")
        return _CONSOLE.sub(lambda block: f"```console\n{_said(block[1], folder)}```", text)


def _said(block: str, folder: Path) -> str:
    """Each command with its output, and nothing of what stood there before."""
    commands = re.findall(r"^\$ (.*(?:\\\n.*)*)$", block, re.MULTILINE)
    return "".join(f"$ {command}\n{_run(command, folder)}" for command in commands)


def _run(command: str, folder: Path) -> str:
    words = shlex.split(command)
    if words[0] == "brownout":
        words[:1] = [sys.executable, "-m", "brownout"]
    environment = os.environ | {"COLUMNS": "120", "NO_COLOR": "1"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def tutorials() -> list[Path]:
    """The pages that are made so."""
    return sorted((ROOT / "docs" / "tutorials").glob("*.md"))

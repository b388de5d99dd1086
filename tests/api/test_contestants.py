"""Code of one's own and commands, from Python."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

import brownout
from brownout.harness.importing import NotFound

from ..cli.test_contestants import COMMAND, PROGRAM, SHORT


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program, a command and a scenario."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("mine.py", PROGRAM), ("command.py", COMMAND), ("short.yaml", SHORT)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_code_is_named_and_a_command_is_made(files: Path) -> None:
    """Beside each other only the wire can play them."""
    plain = brownout.command(f"plain={shlex.join([sys.executable, 'command.py'])}")
    results = brownout.compare(["short.yaml"], ["mine.py:Client", plain], seeds=1)
    assert results.file.backend == "wire"
    assert {cell.client: cell.calls for cell in results.file.cells} == {"mine-client": 8, "plain": 8}
    assert results.attempts().client.nunique() == 2


def test_one_of_its_calls_is_explained(files: Path) -> None:
    """In virtual time."""
    assert "request 1 met the fault of phase 1: overload" in brownout.explain("short.yaml", "mine.py:Client")


def test_code_that_is_not_there(files: Path) -> None:
    """It is told before anything is played."""
    with pytest.raises(NotFound, match='has no "Clint"'):
        brownout.compare(["short.yaml"], ["mine.py:Clint"])

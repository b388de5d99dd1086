"""The command line, run as users run it, and quicker in this process where that shows the same."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from brownout.cli import main

PROGRAM = (sys.executable, "-m", "brownout")


class Said(NamedTuple):
    """How it ended, and every word."""

    code: int
    out: str
    err: str


def brownout(*words: str | Path, cwd: Path) -> Said:
    """In a process of its own."""
    done = subprocess.run([*PROGRAM, *words], cwd=cwd, capture_output=True, text=True, timeout=120)
    return Said(done.returncode, done.stdout, done.stderr)


def start(*words: str | Path, cwd: Path) -> subprocess.Popen[str]:
    """In a process group of its own, as a shell starts it, so that Ctrl-C can be sent to all of it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # were it ignored here, it would be there
    try:
        return subprocess.Popen(
            [*PROGRAM, *words],
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


class Here:
    """In this process: `main` with these words."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(self, *words: str | Path) -> Said:
        self._monkeypatch.setattr(sys, "argv", ["brownout", *map(str, words)])
        self._capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = self._capsys.readouterr()
        return Said(code, out, err)

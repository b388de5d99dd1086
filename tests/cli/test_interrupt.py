"""Ctrl-C in the middle of long work: exit code 130, one word, nobody left behind."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from ..harness.processes import PATIENCE, alive, descendants, needs_proc, until
from .command import start

LONG = ("-s", "calm", "-s", "rate-limit-storm", "-s", "stall-mid-stream", "-c", "guide", "-c", "budgeted")


@needs_proc
@pytest.mark.parametrize("to_all", [True, False], ids=["terminal", "kill"])
@pytest.mark.parametrize(
    "options",
    [("--workers", "1"), ("--workers", "2"), ("--workers", "2", "--backend", "wire", "--time-scale", "20")],
    ids=["alone", "workers", "wire"],
)
@pytest.mark.parametrize("after", [0.0, 0.7], ids=["at the start", "in the middle"])
def test_ctrl_c(tmp_path: Path, options: tuple[str, ...], to_all: bool, after: float) -> None:
    """A terminal sends it to every process of the command, `kill` to one: either way all end, at once, and silently,
    whether the workers are starting or at work."""
    words = ("compare", *LONG, "--seeds", "50", *options)
    command = start(*words, cwd=tmp_path)
    until((tmp_path / "out").exists)  # the files are read, the work begins
    workers = 2 if "2" in options else 0
    until(lambda: len(descendants(command.pid)) >= workers)
    time.sleep(after)
    family = descendants(command.pid)
    (os.killpg if to_all else os.kill)(command.pid, signal.SIGINT)
    out, err = command.communicate(timeout=PATIENCE)
    assert (command.returncode, out, err) == (130, "", "\nInterrupted.\n")
    until(lambda: not alive(family))
    assert not (tmp_path / "out" / "run.json").exists()

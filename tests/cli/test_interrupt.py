"""Ctrl-C in the middle of long work: exit code 130, one word, nobody left behind."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest

from ..harness.processes import PATIENCE, alive, descendants, needs_proc, until
from .command import brownout, start

LONG = ("-s", "calm", "-s", "rate-limit-storm", "-s", "stall-mid-stream", "-c", "guide", "-c", "budgeted")


AGAIN = f"brownout compare {' '.join(LONG)} --backend (sim|wire) --seeds 50 --first-seed 1.* --out out --resume"
WORKERS = ("--workers", "2")


@needs_proc
@pytest.mark.parametrize(
    ("options", "after", "is_for_all"),
    [
        (("--workers", "1"), 0.2, True),
        (WORKERS, 0.0, True),
        (WORKERS, 0.0, False),
        (WORKERS, 0.7, True),
        (WORKERS, 0.7, False),
        ((*WORKERS, "--backend", "wire", "--time-scale", "20"), 2.0, True),
    ],
    ids=["alone", "starting", "starting, one told", "working", "working, one told", "on the wire"],
)
def test_ctrl_c(tmp_path: Path, options: tuple[str, ...], after: float, is_for_all: bool) -> None:
    """A terminal sends it to every process of the command, `kill` to one: either way all end, at once, and silently,
    whether the workers are starting or at work."""
    command = start("compare", *LONG, "--seeds", "50", *options, cwd=tmp_path)
    until((tmp_path / "out").exists)  # the files are read, the work begins
    workers = 2 if "2" in options else 0
    until(lambda: len(descendants(command.pid)) >= workers)
    time.sleep(after)
    family = descendants(command.pid)
    (os.killpg if is_for_all else os.kill)(command.pid, signal.SIGINT)
    out, err = command.communicate(timeout=PATIENCE)
    assert (command.returncode, out) == (130, "")
    assert re.fullmatch(rf"(\n[1-9]\d* of 300 runs are kept. Go on with: {AGAIN})?\nInterrupted.\n", err)
    until(lambda: not alive(family))
    assert not (tmp_path / "out" / "run.json").exists()


@needs_proc
def test_a_ci_that_cancels(tmp_path: Path) -> None:
    """SIGTERM is as good as Ctrl-C: what is finished is kept, and the next run without --resume says what it drops."""
    command = start("compare", *LONG, "--seeds", "50", "--workers", "1", cwd=tmp_path)
    log = tmp_path / "out" / "cells.sqlite-wal"
    until(lambda: log.exists() and log.stat().st_size > 500_000)
    command.send_signal(signal.SIGTERM)
    _, err = command.communicate(timeout=PATIENCE)
    assert command.returncode == 130
    found = re.search(r"(\d+) of 300 runs are kept", err)
    assert found
    again = brownout("compare", "-s", "calm", "-c", "guide", "--seeds", "1", "--sample", "5%", cwd=tmp_path)
    assert again.err == (
        f"{found[1]} runs that an interrupted one had left were dropped: of another scenario, client, setting or "
        "version.\n"
    )
    assert brownout("compare", "-s", "calm", "-c", "guide", "--seeds", "1", "--sample", "5%", cwd=tmp_path).err == ""


def test_a_reader_that_has_read_enough(tmp_path: Path) -> None:
    """`| head -1` changes neither the files nor the verdict's exit code."""
    command = start("run", "-s", "stall-mid-stream", "-c", "guide", "--seeds", "1", "--sample", "5%", cwd=tmp_path)
    assert command.stdout is not None
    command.stdout.close()
    assert command.wait(timeout=PATIENCE) == 99
    assert (tmp_path / "out" / "run.json").exists()
    assert (tmp_path / "out" / "report.html").exists()
    assert command.stderr is not None
    command.stderr.close()

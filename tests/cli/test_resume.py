"""What is finished is kept: killed or interrupted at any moment, a run goes on from there, and ends as if nothing had
happened."""

from __future__ import annotations

import os
import shlex
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from brownout.harness.cells import Job, play
from brownout.harness.results import RunFile, load
from brownout.harness.store import FILE_NAME, Played
from brownout.harness.workers.died import lost

from ..harness import tiny
from ..harness.processes import PATIENCE, alive, descendants, needs_proc, until
from .command import Here, brownout, start

WORDS = ("compare", "-s", "storm.yaml", "-s", "calm.yaml", "-c", "patient.yaml", "-c", "hasty.yaml")
ALONE = ("--workers", "1")


def but_created(run: RunFile, **update: object) -> RunFile:
    return run.model_copy(update={"created": "", **update})


def kept(folder: Path) -> set[str]:
    """The keys of the cells that a killed run has left."""
    if not (folder / FILE_NAME).exists():
        return set()
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE name = 'cells'")]
        return {key for (key,) in db.execute("SELECT key FROM cells")} if tables else set()


def marked(folder: Path) -> str:
    """Change a figure of one cell that is kept: only who takes it from here can have it. Returns its key."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        [(key, cell)] = db.execute("SELECT key, cell FROM cells ORDER BY key LIMIT 1")
        assert '"lateness":0.0' in cell
        db.execute("UPDATE cells SET cell = ? WHERE key = ?", (cell.replace('"lateness":0.0', '"lateness":0.125'), key))
        db.commit()
    return str(key)


def unfinish(folder: Path) -> None:
    """As if the run had been interrupted just before its end."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        db.execute("DELETE FROM meta WHERE name = 'finished'")
        db.commit()


def log_of(folder: Path) -> int:
    """How long the log of what is kept has become."""
    log = folder / f"{FILE_NAME}-wal"
    return log.stat().st_size if log.exists() else 0


@needs_proc
@pytest.mark.slow
def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Ten times with kill -9, five in the first seconds and five once cells are finished: none of those is lost or
    played again, no worker stays, and in the end run.json is that of a run nobody disturbed."""
    tiny.write(tmp_path)
    words, draw = (*WORDS, "--seeds", "100", "--workers", "2"), Random(20261122)
    assert brownout(*words, "--out", "whole", cwd=tmp_path).code == 0
    whole = load(tmp_path / "whole" / "run.json")
    folder, before = tmp_path / "out", set[str]()
    for attempt in range(10):
        command = start(*words, "--resume", cwd=tmp_path)
        if attempt % 2:
            until(lambda pid=command.pid: len(descendants(pid)) >= 2)  # type: ignore[misc]
            size = log_of(folder)
            until(lambda size=size, poll=command.poll: log_of(folder) > size or poll() is not None)  # type: ignore[misc]
        time.sleep(draw.uniform(0.0, 0.3 if attempt % 2 else 0.8))
        family = descendants(command.pid)
        command.kill()
        command.communicate(timeout=PATIENCE)
        assert command.returncode == -signal.SIGKILL, "it ended before it was killed: more seeds, please"
        until(lambda family=family: not alive(family))  # type: ignore[misc]
        after = kept(folder)
        assert before <= after
        assert not (folder / "run.json").exists()
        before = after
    assert 0 < len(before) < len(whole.cells)
    key = marked(folder)
    assert brownout(*words, "--resume", cwd=tmp_path).code == 0
    found = load(folder / "run.json")
    assert [cell.key for cell in found.cells if cell.lateness] == [key]
    assert but_created(found, cells=[cell.model_copy(update={"lateness": 0.0}) for cell in found.cells]) == (
        but_created(whole)
    )


@needs_proc
def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    """And prints the command that goes on: with it the end is the same, and what was done is not done again; and what
    was to be written is."""
    tiny.write(tmp_path)
    words = (*WORDS, "--seeds", "60", "--format", "junit", *ALONE)
    command = start(*words, "--out", "a folder", cwd=tmp_path)
    until(lambda: log_of(tmp_path / "a folder") > 100_000)
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=PATIENCE)
    assert (command.returncode, out) == (130, "")
    _, line, last = err.splitlines()
    count, _, again = line.partition(" of 240 runs are kept. Go on with: ")
    assert last == "Interrupted."
    assert len(kept(tmp_path / "a folder")) == int(count)
    key = marked(tmp_path / "a folder")
    program, *rest = shlex.split(again)
    assert program == "brownout"
    assert brownout(*rest, *ALONE, cwd=tmp_path).code == 0
    found = load(tmp_path / "a folder" / "run.json")
    assert [cell.key for cell in found.cells if cell.lateness] == [key]
    assert sorted(each.name for each in (tmp_path / "a folder").iterdir()) == [
        "cells.sqlite", "report.junit.xml", "run.json"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "after"),
    [
        (("--seeds", "2"), "; --resume would have gone on from them."),
        (("--seeds", "1"), "; --resume would have gone on from 4 of them."),
        (("--seeds", "2", "--sample", "50%"), ": of another scenario, client, setting or version."),
    ],
    ids=["the same", "fewer seeds", "a sample"],
)
def test_what_was_left_is_dropped(here: Here, more: tuple[str, ...], after: str) -> None:
    """And it is said whether it could have been of use."""
    assert here(*WORDS, "--seeds", "2", *ALONE).code == 0
    unfinish(Path("out"))
    said = here(*WORDS, *more, *ALONE)
    assert (said.code, said.err) == (0, f"8 runs that an interrupted one had left were dropped{after}\n")


def test_who_cannot_be_played_drops_nothing(here: Here) -> None:
    """A sample without the client that a fault is for."""
    for_one = tiny.STORM.replace("kind: stall", "kind: stall, where: {clients: [3]}")
    Path("storm.yaml").write_text(for_one, encoding="utf-8")
    assert here(*WORDS, "--seeds", "1", *ALONE).code == 0
    unfinish(Path("out"))
    before = kept(Path("out"))
    said = here(*WORDS, "--seeds", "1", "--sample", "50%", *ALONE)
    assert said.code == 1
    assert "stall cannot fire in this sample" in said.err
    assert "dropped" not in said.err
    assert kept(Path("out")) == before != set()


def test_going_on_where_nothing_is_begins(here: Here) -> None:
    """The same as without."""
    said = here(*WORDS, "--seeds", "2", *ALONE, "--resume")
    assert said == here(*WORDS, "--seeds", "2", *ALONE)
    assert said.code == 0


def test_more_seeds_of_what_there_is(here: Here) -> None:
    """The first ones are not played again, and the file is that of a run of all of them."""
    assert here(*WORDS, "--seeds", "2", *ALONE).code == 0
    key = marked(Path("out"))
    assert here(*WORDS, "--seeds", "4", *ALONE, "--resume").code == 0
    found = load(Path("out/run.json"))
    assert [cell.key for cell in found.cells if cell.lateness] == [key]
    assert here(*WORDS, "--seeds", "4", *ALONE, "--out", "whole").code == 0
    assert found.rows == load(Path("whole/run.json")).rows


def test_a_run_that_kills_every_worker(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, which one it is and how to see it alone, what may help, and how to go on with what is done."""

    def dying(todo: list[Job], workers: int, executor: object) -> Iterator[tuple[Job, Played]]:
        yield todo[0], play(todo[0])
        raise lost(todo[1:2])

    monkeypatch.setattr("brownout.harness.workers.run", dying)
    assert here(*WORDS, "--seeds", "1", *ALONE) == (
        1,
        "",
        "Error: every worker that played this was killed, 3 of 3: storm with hasty, seed 1. Too little memory? Try "
        "fewer --workers, or a smaller --sample\n"
        "Alone: brownout compare -s storm.yaml -c hasty.yaml --backend sim --first-seed 1 --explain worst\n"
        "1 of 4 runs are kept. Go on with: brownout compare -s storm.yaml -s calm.yaml -c patient.yaml -c hasty.yaml "
        "--backend sim --seeds 1 --first-seed 1 --out out --resume\n",
    )
    before = kept(Path("out"))
    assert here(*shlex.split("compare -s storm.yaml -c hasty.yaml --first-seed 1 --explain worst")).code == 0
    assert kept(Path("out")) == before


def test_a_variant_that_kills_every_worker(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no file of its own: whom it is made of is named instead."""

    def dying(todo: list[Job], workers: int, executor: object) -> Iterator[tuple[Job, Played]]:
        yield from ()
        raise lost(todo[-1:])

    monkeypatch.setattr("brownout.harness.workers.run", dying)
    said = here("compare", "-s", "calm.yaml", "-c", "patient.yaml", "--ablate", "patient", "--seeds", "1", *ALONE)
    command = said.err.partition("Alone: brownout ")[2].splitlines()[0]
    assert command.endswith("-c patient.yaml --backend sim --first-seed 1 --ablate patient --explain worst")
    assert here(*shlex.split(command)).code == 0


def test_a_cluster_that_is_not_there_drops_nothing(here: Here) -> None:
    """A usage error, before anything is played or what is kept is lost."""
    assert here(*WORDS, "--seeds", "1", *ALONE).code == 0
    before = kept(Path("out"))
    said = here(*WORDS, "--seeds", "1", "--cluster", "nonsense://x")
    assert said.code == 2
    assert "--cluster nonsense://x: " in said.err
    assert kept(Path("out")) == before != set()


@needs_proc
def test_a_worker_killed_on_the_way(tmp_path: Path) -> None:
    """Nobody needs to know: the same file comes of it."""
    tiny.write(tmp_path)
    words = (*WORDS, "--seeds", "30")
    command = start(*words, "--workers", "2", cwd=tmp_path)
    workers: set[int] = set()

    def found() -> bool:
        workers.update(each for each in descendants(command.pid) if b"spawn_main" in line_of(each))
        return len(workers) == 2

    until(found)
    until(lambda: log_of(tmp_path / "out") > 100_000)  # some cells are kept, most are not
    os.kill(min(workers), signal.SIGKILL)
    out, err = command.communicate(timeout=PATIENCE)
    assert (command.returncode, err) == (0, ""), out
    assert brownout(*words, *ALONE, "--out", "whole", cwd=tmp_path).code == 0
    assert but_created(load(tmp_path / "out" / "run.json")) == but_created(load(tmp_path / "whole" / "run.json"))


def line_of(process: int) -> bytes:
    """Its command line; empty if it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""

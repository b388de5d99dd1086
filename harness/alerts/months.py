"""What rules are shown: the ticks of played scenarios. They do not depend on the rules, so those that were played once
are kept."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..cells import Job
from ..few_collections import few_collections
from ..fleet import Configuration
from ..monitoring.ended import of_ledger
from ..monitoring.tick import BOUNDS, STEP, Tick, ticks
from ..scenario import Scenario

_SUMS = len(Tick._fields) - 1


@dataclass(frozen=True, slots=True)
class Month:
    """One run as rules see it, however long it is: packed, as a hundred of them may be at hand."""

    scenario: Scenario
    seed: int
    blob: bytes

    def ticks(self) -> list[Tick]:
        """Unpacked anew each time."""
        return unpack(self.blob)


def pack(played: Iterable[Tick]) -> bytes:
    """As one compressed blob."""
    rows = np.array([(*tick[:_SUMS], *tick.within) for tick in played], dtype=float).reshape(-1, _SUMS + len(BOUNDS))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, ticks=rows)
    return buffer.getvalue()


def unpack(blob: bytes) -> list[Tick]:
    """The ticks of a blob, which is data: nothing in it is run. Raises `ValueError` for one that is none of ours."""
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as columns:
            rows = columns["ticks"]
            if rows.ndim != 2 or rows.shape[1] != _SUMS + len(BOUNDS):
                raise ValueError("of another version")
            if not np.isfinite(rows).all():
                raise ValueError("not numbers")
            return [Tick._make((*row[:_SUMS], tuple(row[_SUMS:]))) for row in rows.tolist()]
    except Exception as error:  # whatever a broken archive makes those raise that read it
        raise ValueError(f"no ticks: {error}") from None


def play(job: Job) -> bytes:
    """In whatever process."""
    with few_collections():
        return pack(ticks(of_ledger(job.play()), job.scenario.horizon, STEP))


def months(
    scenarios: Sequence[Scenario],
    client: Configuration,
    seeds: Sequence[int],
    folder: Path | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Month]:
    """Every scenario under every seed; what `folder` holds of them is not played again."""
    jobs = [Job(scenario, client, seed, "sim", 1.0) for scenario in scenarios for seed in seeds]
    known = [_kept(folder, job) for job in jobs]
    left = [job for job, blob in zip(jobs, known, strict=True) if blob is None]
    played = iter((map if executor is None else executor.map)(play, left))
    found = []
    for done, (job, kept) in enumerate(zip(jobs, known, strict=True), 1):
        blob = kept
        if blob is None:
            blob = next(played)
            _keep(folder, job, blob)
        found.append(Month(job.scenario, job.seed, blob))
        progress(done)
    return found


def _path(folder: Path, job: Job) -> Path:
    return folder / f"{job.key}.npz"


def _kept(folder: Path | None, job: Job) -> bytes | None:
    """None for what was not played, or cannot be read any more."""
    if folder is None:
        return None
    try:
        blob = _path(folder, job).read_bytes()
        unpack(blob)
    except (OSError, ValueError):
        return None
    return blob


def _keep(folder: Path | None, job: Job, blob: bytes) -> None:
    """Whole or not at all. Raises `OSError`."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = _path(folder, job).with_suffix(f".{os.getpid()}.part")
    part.write_bytes(blob)
    part.replace(_path(folder, job))

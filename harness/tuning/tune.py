"""All of it: search, explain, play the best with the real SDK, and compare it with what there was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from ..client import Client
from ..files import Document
from ..frames import RUN_FILE
from ..plan import Plan
from ..run import run
from ..scenario import Scenario
from ..sources import Source
from ..store import FILE_NAME, Store
from .curves import settled
from .goal import Goal
from .guessing import guesses
from .kept import Kept
from .playing import Stage, processes
from .result import Tuned, explained, named, so_far, with_sdk
from .search import Found, Search
from .space import Space

CLIENT_FILE = "client.yaml"
_RUNS = "tune.jsonl"
Doing = Literal["searching", "explaining", "verifying", "comparing"]


class Progress(NamedTuple):
    """How far a search is."""

    doing: Doing
    found: Found
    runs: int
    """So far."""


def tune(
    document: Document | Space,
    scenarios: Sequence[Source[Scenario]],
    goal: Goal,
    *,
    against: Source[Client] | None = None,
    seeds: int = 16,
    batches: int = 12,
    seed: int = 1,
    sample: float = 1.0,
    workers: int = 1,
    folder: Path | None = None,
    resume: bool = False,
    verifies: bool = True,
    command: str = "",
    progress: Callable[[Progress], None] = lambda progress: None,
    executor: Executor | None = None,
) -> Tuned:
    """Ctrl-C gives the best so far at once, if anything was played under every seed: what is known of it, and nothing
    more is played. `folder`: where every run is kept, to go on from there with `resume`. `executor`: what plays instead
    of so many `workers`.

    Raises `FileError` for what is wrong with the file, `ValueError` for a goal without meaning in a scenario and for
    what `Plan.check` refuses, `ImportError` without Optuna, `store.StoreError` and `OSError` for the folder.
    """
    space = document if isinstance(document, Space) else Space.of(document)
    there = None if against is None else against.value
    middle = Source(space.client(space.middle), "", "")
    plan = Plan(scenarios, [middle], range(1, seeds + 1), "sim", 1.0, sample, workers, goal.weights, command=command)
    plan.check()
    with ExitStack() as stack:
        hired = executor if executor is not None else stack.enter_context(processes(workers))
        kept, store = Kept(), None
        if folder is not None:
            kept = Kept(_kept_in(folder, resume=resume))
            store = stack.enter_context(Store(folder / FILE_NAME, is_new=not resume))
        stage = Stage(plan.played_scenarios, goal, kept, hired)
        search = Search(space, stage, seeds=seeds, batches=batches, seed=seed)
        found = search.found
        best: Tuned | None = None

        def tell(doing: Doing) -> None:
            progress(Progress(doing, found, stage.runs))

        try:
            first = guesses(space, stage, there)
            search.run(first, lambda found: tell("searching"))
            tell("explaining")
            point, curves = settled(space, stage, found, plan.seeds, there)
            best = so_far(space, found, stage, plan.seeds, seed, point)
            current = named(best.client, there, space)
            best = explained(best, current, space, found, stage, curves, plan.seeds)
            if verifies:
                tell("verifying")
                best = with_sdk(best, space, found, stage, plan.seeds)
            tell("comparing")
            there_was = Source(current, "", "" if against is None else against.named)
            last = replace(plan, clients=[Source(best.client, best.text, ""), there_was])
            results = run(last, store, executor=hired)
        except KeyboardInterrupt:
            if not found.finalists(seeds):
                raise
            return best or so_far(space, found, stage, plan.seeds, seed)
    tuning = best.tuning.model_copy(update={"is_whole": True})
    results.file = results.file.model_copy(update={"tuning": tuning})
    return replace(best, tuning=tuning, results=results)


def _kept_in(folder: Path, *, resume: bool) -> Path:
    """The file of what was played; what is there already is dropped unless it is to go on from there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _RUNS
    if not resume:
        path.unlink(missing_ok=True)
    return path


def save_client(found: Tuned, folder: Path) -> Path:
    """Write the client's file. Raises `OSError`."""
    path = folder / CLIENT_FILE
    path.write_text(found.text, encoding="utf-8")
    return path


def save(found: Tuned, folder: Path) -> list[Path]:
    """The same, and the results, as far as there are any. Raises `OSError`."""
    written = [save_client(found, folder)]
    if found.results is not None:
        written.append(folder / RUN_FILE)
        found.results.file.save(written[1])
    return written

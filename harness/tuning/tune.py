"""All of it: search, explain, and play the best with the real SDK."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ..client import Client
from ..files import Document
from ..scenario import Scenario
from .goal import Goal
from .guessing import guesses
from .playing import Kept, Stage, processes
from .result import Tuned, tuned
from .search import Found, Search
from .space import Space


def tune(
    document: Document | Space,
    scenarios: Sequence[Scenario],
    goal: Goal,
    *,
    against: Client | None = None,
    seeds: int = 16,
    batches: int = 12,
    seed: int = 1,
    workers: int = 1,
    kept: Path | None = None,
    verifies: bool = True,
    progress: Callable[[Found], None] = lambda found: None,
) -> Tuned:
    """Ctrl-C gives the best so far, if anything was played under every seed.

    Raises `FileError` for what is wrong with the file, `ValueError` for a goal without meaning in a scenario,
    `ImportError` without Optuna.
    """
    space = document if isinstance(document, Space) else Space.of(document)
    with processes(workers) as executor:
        stage = Stage(scenarios, goal, Kept(kept), executor)
        search = Search(space, stage, seeds=seeds, batches=batches, seed=seed)
        is_whole = True
        try:
            search.run(guesses(space, stage, against), progress)
        except KeyboardInterrupt:
            if not search.found.finalists(seeds):
                raise
            is_whole = False
        losses, called = None, "the middle of the ranges"
        if against is not None:
            [losses] = stage.losses([("against", against, range(1, seeds + 1))])
            called = against.name
        found = replace(tuned(space, stage, search.found, seeds, losses, called), is_whole=is_whole)
        return replace(found, verified=stage.verified(found.client, 1)) if verifies else found

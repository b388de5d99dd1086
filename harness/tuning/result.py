"""What a search has found, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..client import Client
from ..frames import Results
from ..metrics import metric
from ..recommended import Curve, Tuning, Verified
from ..scoring.estimates import paired, stated
from ..scoring.standings import compared
from ..statistics.bootstrap import bca
from .front import front
from .playing import Stage
from .racing import is_worse, mean
from .search import Found
from .space import Point, Space

FINALISTS = 3
"""At the most: those the real SDK plays, too."""
GAINS = ("goodput", "rmst", "cost_per_good_call")
"""What is told of the gain besides the goal: calls answered in time, seconds of waiting, dollars."""


@dataclass(frozen=True)
class Tuned:
    """The best point."""

    client: Client
    text: str
    """The client's file, with what was found in it."""
    point: Point
    """The values in base units, in the order of the file."""
    tuning: Tuning
    """Why: intervals, what it gains, curves, the front."""
    results: Results | None = None
    """It and what it is compared with, played in the same scenarios; None if the search was interrupted."""


def named(tuned: Client, current: Client | None, space: Space) -> Client:
    """What the found one is compared with, under a name of its own: if there is nothing what the file says it is today,
    or the middle of all ranges."""
    suffix = "before" if current is not None or space.has_current else "middle"
    other = space.client(space.current) if current is None else current
    return other if other.name != tuned.name else other.model_copy(update={"name": f"{other.name[:50]}-{suffix}"})


def so_far(
    space: Space, found: Found, stage: Stage, seeds: Sequence[int], seed: int, point: Point | None = None
) -> Tuned:
    """What is known without playing anything, of the best that was found or of a point that is as good."""
    point = point or found.best(len(seeds))
    client = space.client(point)
    tuning = Tuning(
        client=client.name,
        goal=stage.goal.metric,
        limits=[limit.text for limit in stage.goal.limits],
        seed=seed,
        values=space.described(point),
        loss=stated(bca(found.losses[point])),
        metrics=stage.estimates(repr(point), seeds),
        candidates=len(found.losses),
        calls=stage.calls,
        is_whole=False,
    )
    return Tuned(client, space.text(point), point, tuning)


def explained(
    best: Tuned, instead_of: Client, space: Space, found: Found, stage: Stage, curves: list[Curve], seeds: Sequence[int]
) -> Tuned:
    """With what speaks for it. Plays what that takes."""
    [current] = stage.losses([(_CURRENT, instead_of, seeds)])
    pairs = _gains(stage, repr(best.point), seeds)
    tuning = best.tuning.model_copy(
        update={
            "instead_of": instead_of.name,
            "gain": paired(current, found.losses[best.point]),
            "is_sure": _is_sure(current, found.losses[best.point]),
            "gains": {name: paired(*pair) for name, pair in pairs.items()},
            "sure_gains": [name for name, pair in pairs.items() if _is_sure(*pair)],
            "curves": curves,
            "front": front(space, stage, found, best.point, seeds),
            "calls": stage.calls,
        }
    )
    return replace(best, tuning=tuning)


def with_sdk(best: Tuned, space: Space, found: Found, stage: Stage, seeds: Sequence[int]) -> Tuned:
    """With what the real SDK makes in virtual time of the best, and of who is not surely worse."""
    finalists = found.finalists(len(seeds))
    leader = finalists[best.point]
    near = [point for point in finalists if not is_worse(finalists[point], leader)]
    verified = [
        Verified(values=space.described(point), seed=seeds[0], simulated=simulated, played=played)
        for point in sorted(near, key=lambda each: mean(finalists[each]))[:FINALISTS]
        for simulated, played in [stage.verified(space.client(point), seeds[0])]
    ]
    return replace(best, tuning=best.tuning.model_copy(update={"verified": verified}))


_CURRENT = "current"
"""What a stage knows it by: no point is written so."""


def _is_sure(these: Sequence[float], those: Sequence[float]) -> bool:
    """Whether they differ by the rule of the verdict on the same two clients."""
    [pair] = compared({"these": these, "those": those})
    return not pair.is_tied


def _gains(stage: Stage, point: str, seeds: Sequence[int]) -> dict[str, tuple[list[float], list[float]]]:
    """What has more of each if it is better than what there was, and the other; what is infinite in a run has no
    difference."""
    now, before = stage.metrics(point, seeds), stage.metrics(_CURRENT, seeds)
    found = {}
    for name in GAINS:
        if all(name in each and all(map(math.isfinite, each[name])) for each in (now, before)):
            better = (now, before) if metric(name).better == "higher" else (before, now)
            found[name] = better[0][name], better[1][name]
    return found

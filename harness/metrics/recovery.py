"""How long trouble outlasts its cause: goodput after the last fault, against the same run without faults."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from .observed import Absent, Observed
from .tally import Sums, Tally, Whole, tally

if TYPE_CHECKING:
    from ..scenario import Scenario

_STEPS = 10
"""Of a window: how finely its beginning is looked for."""
_SUSTAINED = 3
"""Windows for which goodput must stay where it was."""
_NO_TWIN = Absent("it was not played without faults")


class _Grid(NamedTuple):
    """Windows begin at `clear` and every `step` seconds from then on, the last of them `last` steps later."""

    clear: float
    step: float
    last: int


def _grid(scenario: Scenario) -> _Grid | None:
    """None where no phase with faults ends before the last phase."""
    if scenario.clear is None:
        return None
    window = scenario.recovery.window
    step = window / _STEPS
    return _Grid(scenario.clear, step, math.floor((scenario.horizon - window - scenario.clear) / step + 1e-9))


@dataclass(frozen=True, slots=True)
class _Steps(Sums):
    """Of each step from the end of the last fault on: the calls that were meant within it, and those of use."""

    made: npt.NDArray[np.int64]
    good: npt.NDArray[np.int64]


@tally
def _steps(seen: Observed) -> _Steps:
    grid = _grid(seen.scenario)
    size = 0 if grid is None else max(0, grid.last + _STEPS)
    made, good = [0] * size, [0] * size
    if grid is not None and size:
        for call, is_good in zip(seen.ledger.calls, seen.good, strict=True):
            i = int((call.intended - grid.clear) / grid.step)
            if call.intended >= grid.clear and i < size:
                made[i] += 1
                good[i] += is_good
    return _Steps(np.array(made, dtype=np.int64), np.array(good, dtype=np.int64))


def time_to_recover(run: Whole) -> float | Absent:
    """Seconds from the end of the last fault to the first window whose goodput is back, and stays so for three windows
    more; `inf` if none is."""
    scenario, grid = run.scenario, _grid(run.scenario)
    if grid is None:
        return Absent("no phase with faults ends before the last phase")
    if run.twin_of_it is None:
        return _NO_TWIN
    if grid.last < _SUSTAINED * _STEPS:
        return Absent(f"needs {(_SUSTAINED + 1) * scenario.recovery.window:g} s after the last fault")
    here, twin = _goodput(run), _goodput(run.twin_of_it)
    held = [_is_back(here(i), twin(i), scenario.recovery.share) for i in range(grid.last + 1)]
    back = 0
    for i in range(grid.last, -1, -1):
        back = back + 1 if held[i] else 0
        held[i] = back > _SUSTAINED * _STEPS
    return next((i * grid.step for i, is_back in enumerate(held) if is_back), math.inf)


def _is_back(here: float | None, twin: float | None, share: float) -> bool:
    """Without a call there is nothing to judge by, unless the twin had some."""
    if twin is None:
        return True
    return here is not None and here >= share * twin - 1e-9  # 9 of 10 are 90% of 10 of 10


def _goodput(run: Whole) -> Callable[[int], float | None]:
    """The goodput of the calls that were meant within the window that begins `i` steps after the last fault."""
    found = run.total(_steps)
    all_made, all_good = [0, *accumulate(found.made.tolist())], [0, *accumulate(found.good.tolist())]

    def at(i: int) -> float | None:
        count = all_made[i + _STEPS] - all_made[i]
        return (all_good[i + _STEPS] - all_good[i]) / count if count else None

    return at


def metastable(run: Whole) -> float | Absent:
    """1 if it never recovered although the offered load is below capacity, else 0."""
    taken = time_to_recover(run)
    if isinstance(taken, Absent) or run.twin_of_it is None:
        return taken if isinstance(taken, Absent) else _NO_TWIN
    return float(math.isinf(taken) and offered_load(run.twin_of_it) < 1.0)


@dataclass(frozen=True, slots=True)
class _Work(Sums):
    """Calls, requests that an answer was begun for, and the seconds that these take together, unstretched by load."""

    calls: int
    answers: int
    seconds: float


@tally
def _work(seen: Observed) -> _Work:
    work = [served.base for served in seen.ledger.journal if served.base is not None]
    return _Work(len(seen.ledger.calls), len(work), sum(work))


def offered_load(twin: Whole) -> float:
    """Work brought to the service without faults, as a share of what its slots can do. Every call is work, also one
    that found the queue full; that its program then sent it again is not."""
    slots, work = twin.scenario.server.capacity.slots, twin.total(_work)
    if slots is None or not work.answers:
        return 0.0
    return work.calls * work.seconds / work.answers / (slots * twin.scenario.horizon)


OF_TWIN: tuple[Tally[_Steps] | Tally[_Work], ...] = (_steps, _work)
"""All that metrics ask of the run without faults."""

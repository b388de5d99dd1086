"""How long trouble outlasts its cause: goodput after the last fault, against the same run without faults."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING

from ..ledger import Ledger
from .observed import Absent, Observed, once

if TYPE_CHECKING:
    from ..scenario import Scenario

_STEPS = 10
"""Of a window: how finely its beginning is looked for."""
_SUSTAINED = 3
"""Windows for which goodput must stay where it was."""
_NO_TWIN = Absent("it was not played without faults")


@once
def time_to_recover(seen: Observed) -> float | Absent:
    """Seconds from the end of the last fault to the first window whose goodput is back, and stays so for three windows
    more; `inf` if none is."""
    clear, scenario = seen.scenario.clear, seen.scenario
    if clear is None:
        return Absent("no phase with faults ends before the last phase")
    if seen.twin_of_it is None:
        return _NO_TWIN
    window, share = scenario.recovery.window, scenario.recovery.share
    step = window / _STEPS
    last = math.floor((scenario.horizon - window - clear) / step + 1e-9)
    if last < _SUSTAINED * _STEPS:
        return Absent(f"needs {(_SUSTAINED + 1) * window:g} s after the last fault")
    here = _goodput(seen, step, clear, last)
    twin = _goodput(seen.twin_of_it, step, clear, last)
    held = [_is_back(here(i), twin(i), share) for i in range(last + 1)]
    run = 0
    for i in range(last, -1, -1):
        run = run + 1 if held[i] else 0
        held[i] = run > _SUSTAINED * _STEPS
    return next((i * step for i, is_back in enumerate(held) if is_back), math.inf)


def _is_back(here: float | None, twin: float | None, share: float) -> bool:
    """Without a call there is nothing to judge by, unless the twin had some."""
    if twin is None:
        return True
    return here is not None and here >= share * twin - 1e-9  # 9 of 10 are 90% of 10 of 10


def _goodput(seen: Observed, step: float, clear: float, last: int) -> Callable[[int], float | None]:
    """The goodput of the calls that were meant within the window that begins `i` steps after `clear`."""
    size = last + _STEPS
    made, good = [0] * size, [0] * size
    for call, is_good in zip(seen.ledger.calls, seen.good, strict=True):
        i = int((call.intended - clear) / step)
        if call.intended >= clear and i < size:
            made[i] += 1
            good[i] += is_good
    all_made, all_good = [0, *accumulate(made)], [0, *accumulate(good)]

    def at(i: int) -> float | None:
        count = all_made[i + _STEPS] - all_made[i]
        return (all_good[i + _STEPS] - all_good[i]) / count if count else None

    return at


def metastable(seen: Observed) -> float | Absent:
    """1 if it never recovered although the offered load is below capacity, else 0."""
    taken = time_to_recover(seen)
    if isinstance(taken, Absent) or seen.twin is None:
        return taken if isinstance(taken, Absent) else _NO_TWIN
    return float(math.isinf(taken) and offered_load(seen.scenario, seen.twin) < 1.0)


def offered_load(scenario: Scenario, twin: Ledger) -> float:
    """Work brought to the service without faults, as a share of what its slots can do. Every call is work, also one
    that found the queue full; that its program then sent it again is not."""
    slots = scenario.server.capacity.slots
    work = [served.base for served in twin.journal if served.base is not None]
    if slots is None or not work:
        return 0.0
    return len(twin.calls) * sum(work) / len(work) / (slots * scenario.horizon)

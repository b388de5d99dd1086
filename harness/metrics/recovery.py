"""How long trouble outlasts its cause: goodput after the last fault, against the same run without faults."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate

from ..ledger import Ledger
from .observed import Absent, Observed

_STEPS = 10
"""Of a window: how finely its beginning is looked for."""
_SUSTAINED = 3
"""Windows for which goodput must stay where it was."""


def time_to_recover(seen: Observed) -> float | Absent:
    """Seconds from the end of the last fault to the first window whose goodput is back, and stays so for three windows
    more; `inf` if none is."""
    clear, scenario = seen.scenario.clear, seen.scenario
    if clear is None or seen.twin is None:
        return Absent("no phase with faults ends before the last phase")
    window, share = scenario.recovery.window, scenario.recovery.share
    step = window / _STEPS
    last = math.floor((scenario.horizon - window - clear) / step + 1e-9)
    if last < _SUSTAINED * _STEPS:
        return Absent(f"needs {(_SUSTAINED + 1) * window:g} s after the last fault")
    here = _goodput(seen, step, clear, last)
    twin = _goodput(Observed(scenario, seen.client, seen.seed, seen.twin), step, clear, last)
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
    return here is not None and here >= share * twin


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
        return taken if isinstance(taken, Absent) else Absent("there is no twin")
    return float(math.isinf(taken) and _offered_load(seen.scenario.server.capacity.slots, seen) < 1.0)


def _offered_load(slots: int | None, seen: Observed) -> float:
    """Work brought to the service without faults, as a share of what its slots can do."""
    twin: Ledger | None = seen.twin
    if slots is None or twin is None:
        return 0.0
    return sum(served.base or 0.0 for served in twin.journal) / (slots * seen.scenario.horizon)

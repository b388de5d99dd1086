"""One call of each scenario, as it went with every client: the one that tells the clients apart best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from ..ending import ending
from ..results import PlayedScenario
from ..tables import Column
from ..views import Try, Waterfall
from .figures import Figures

_NUMBERS = ("client_number", "call", "intended", "attempts", "good")
"""What the choice is made by; the rest is read of the chosen call alone."""
_CALLS = ("client_number", "call", "intended", "finished", "outcome", "status", "deadline", "good")
_ATTEMPTS = (
    "client_number", "call", "branch", "started", "finished", "outcome", "phase", "status", "first_text",
    "retry_after", "fault", "fault_fired",
)  # fmt: skip
_ROUNDING = 1e-6
_CALLS_A_CLIENT = 2**32
Rows = Mapping[str, Column]


def waterfalls(figures: Figures, scenario: PlayedScenario, ranked: Sequence[str]) -> list[Waterfall]:
    """The call with each of the clients, which are given the best first. Under the first seed; empty if there is no
    call that all of them made, as may happen where arrivals are closed."""
    numbers = [_first(figures, scenario, client, "calls", _NUMBERS) for client in ranked]
    chosen = _telling(numbers)
    if chosen is None:
        return []
    seed = figures.cells(scenario.name, ranked[0])[0].seed
    found = []
    for client in ranked:
        call = _of(_first(figures, scenario, client, "calls", _CALLS), chosen)
        attempts = _of(_first(figures, scenario, client, "attempts", _ATTEMPTS), chosen)
        found.append(_waterfall(scenario, client, seed, call, attempts))
    return found


def _first(figures: Figures, scenario: PlayedScenario, client: str, table: str, columns: Sequence[str]) -> Rows:
    """Of the first seed."""
    found: Rows = next(figures.tables(scenario.name, client, lambda played: getattr(played, table), columns))
    return found


def _telling(calls: Sequence[Rows]) -> int | None:
    """The key of a call that the first client answered in time and as many of the others as there are did not; of
    several the one that took most requests, and then the earliest. Where all fare alike requests alone decide; None
    where there is nothing to tell, as every call took one."""
    keys = [_keys(rows) for rows in calls]
    common, places = _common(keys)
    if not len(common):
        return None
    good = np.array([rows["good"][place] for rows, place in zip(calls, places, strict=True)])
    requests = np.sum([rows["attempts"][place] for rows, place in zip(calls, places, strict=True)], axis=0)
    lost = len(calls) - good.sum(axis=0)
    tells = np.where((lost > 0) & (lost < len(calls)), lost + len(calls) * good[0], 0)
    if not tells.any() and requests.max() <= len(calls):
        return None
    best = np.lexsort((-calls[0]["intended"][places[0]], requests, tells))[-1]
    return int(common[best])


def _common(keys: Sequence[Column]) -> tuple[Column, list[Column]]:
    """The calls that everybody made, and where each client's table has them. Where arrivals are open these are all, in
    one order."""
    first = keys[0]
    if all(np.array_equal(first, each) for each in keys[1:]):
        return first, [np.arange(len(first))] * len(keys)
    common = first
    for each in keys[1:]:
        common = np.intersect1d(common, each)
    orders = [np.argsort(each) for each in keys]
    return common, [
        order[np.searchsorted(each, common, sorter=order)] for each, order in zip(keys, orders, strict=True)
    ]


def _keys(rows: Rows) -> Column:
    keys: Column = rows["client_number"] * _CALLS_A_CLIENT + rows["call"]
    return keys


def _of(rows: Rows, key: int) -> Rows:
    """The rows of one call."""
    here = _keys(rows) == key
    return {name: column[here] for name, column in rows.items()}


def _waterfall(scenario: PlayedScenario, client: str, seed: int, call: Rows, attempts: Rows) -> Waterfall:
    meant = float(call["intended"][0])
    finished = float(call["finished"][0])
    return Waterfall(
        scenario=scenario.name,
        client=client,
        seed=seed,
        call=f"{call['client_number'][0]}.{call['call'][0]}",
        deadline=float(call["deadline"][0]),
        ends=round((scenario.end if np.isnan(finished) else finished) - meant, 3),
        outcome=_ending(call, 0, _last_phase(attempts)),
        is_good=bool(call["good"][0]),
        tries=_tries(attempts, meant, scenario.end),
    )


def _tries(attempts: Rows, meant: float, end: float) -> list[Try]:
    order = np.lexsort((attempts["started"], attempts["branch"]))
    ends = np.where(np.isnan(attempts["finished"]), end, attempts["finished"])
    allowed = ends + np.nan_to_num(attempts["retry_after"], nan=-np.inf)
    early = dict.fromkeys(map(int, order), 0.0)
    for before, after in pairwise(order):
        if attempts["branch"][before] == attempts["branch"][after]:  # a hedge is no retry
            too_early = float(allowed[before] - attempts["started"][after])
            early[int(after)] = round(too_early, 3) if too_early > _ROUNDING else 0.0
    return [
        Try(
            begins=round(float(attempts["started"][i]) - meant, 3),
            ends=round(float(ends[i]) - meant, 3),
            branch=int(attempts["branch"][i]),
            outcome=_ending(attempts, i, str(attempts["phase"][i])),
            fault=str(attempts["fault"][i]) if attempts["fault_fired"][i] else "",
            early=early[i],
            first_text=None if np.isnan(text := attempts["first_text"][i]) else round(float(text) - meant, 3),
        )
        for i in sorted(early, key=lambda i: (attempts["started"][i], attempts["branch"][i]))
    ]


def _last_phase(attempts: Rows) -> str:
    """Where the last of a call's requests failed: a timeout of the call is that of its request."""
    return str(attempts["phase"][np.argmax(attempts["started"])]) if len(attempts["started"]) else ""


def _ending(rows: Rows, i: int, phase: str) -> str:
    status = rows["status"][i]
    return ending(str(rows["outcome"][i]), phase, None if np.isnan(status) else int(status))

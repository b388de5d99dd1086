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

_CALLS = ("client_number", "call", "intended", "finished", "outcome", "status", "deadline", "attempts", "good")
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
    calls = {client: next(figures.tables(scenario.name, client, lambda p: p.calls, _CALLS)) for client in ranked}
    chosen = _telling(list(calls.values()))
    if chosen is None:
        return []
    seed = figures.cells(scenario.name, ranked[0])[0].seed
    found = []
    for client in ranked:
        attempts = next(figures.tables(scenario.name, client, lambda p: p.attempts, _ATTEMPTS))
        found.append(_waterfall(scenario, client, seed, _of(calls[client], chosen), _of(attempts, chosen)))
    return found


def _telling(calls: Sequence[Rows]) -> int | None:
    """The key of a call that the first client answered in time and as many of the others as there are did not; of
    several the one that took most requests, and then the earliest. Where all fare alike requests alone decide; None
    where there is nothing to tell, as every call took one."""
    keys = [_keys(rows) for rows in calls]
    common = keys[0]
    for each in keys[1:]:
        common = np.intersect1d(common, each)
    if not len(common):
        return None
    places = [np.argsort(each)[np.searchsorted(np.sort(each), common)] for each in keys]
    good = np.array([rows["good"][place] for rows, place in zip(calls, places, strict=True)])
    requests = np.sum([rows["attempts"][place] for rows, place in zip(calls, places, strict=True)], axis=0)
    lost = len(calls) - good.sum(axis=0)
    tells = np.where((lost > 0) & (lost < len(calls)), lost + len(calls) * good[0], 0)
    if not tells.any() and requests.max() <= len(calls):
        return None
    best = np.lexsort((-calls[0]["intended"][places[0]], requests, tells))[-1]
    return int(common[best])


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
        outcome=_ending(call, 0),
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
            outcome=_ending(attempts, i),
            fault=str(attempts["fault"][i]) if attempts["fault_fired"][i] else "",
            early=early[i],
            first_text=None if np.isnan(text := attempts["first_text"][i]) else round(float(text) - meant, 3),
        )
        for i in sorted(early, key=lambda i: (attempts["started"][i], attempts["branch"][i]))
    ]


def _ending(rows: Rows, i: int) -> str:
    status = rows["status"][i]
    phase = str(rows["phase"][i]) if "phase" in rows else ""
    return ending(str(rows["outcome"][i]), phase, None if np.isnan(status) else int(status))

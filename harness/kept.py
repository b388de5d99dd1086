"""A sample of the calls of a run, with all requests of each, drawn while they come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from brownout.fakes.draws import Draws, call_label

from . import tables
from .ledger import Ledger
from .metrics import Observed
from .tables import Column, Table

_DRAW = "draw"
"""The column that says by what a row's call was drawn."""


class Kept:
    """The calls with the least draws, which are the same however the run is split into parts. Every client that is
    played under one seed keeps the same calls, as far as it makes them."""

    def __init__(self, seed: int, most: int) -> None:
        """At most so many calls are kept, and a quarter more held on the way."""
        self._most = most
        self._draws = Draws(seed, "kept calls")
        self._limit = 1.0
        """No call with a draw above it can be among them any more."""
        self._held = 0
        self._calls: list[Table] = []
        self._attempts: list[Table] = []

    def add(self, part: Observed) -> None:
        """What may be kept of it."""
        draws = {call[:2]: self._draws.uniform(call_label(call.client, call.call)) for call in part.ledger.calls}
        drawn = {key: draw for key, draw in draws.items() if draw <= self._limit}
        if self._calls and not drawn:  # of a run without a call there are tables, too, with no rows
            return
        seen = _only(part, drawn)
        ledger = seen.ledger
        self._calls.append(_with(tables.calls(seen), [drawn[call[:2]] for call in ledger.calls]))
        self._attempts.append(_with(tables.attempts(seen), [drawn[each.who[:2]] for each in ledger.attempts]))
        self._held += len(drawn)
        if self._held > 1.25 * self._most:
            self._drop()

    def _drop(self) -> None:
        calls, attempts = _joined(self._calls), _joined(self._attempts)
        self._limit = float(np.partition(calls[_DRAW], self._most - 1)[self._most - 1])
        self._calls, self._attempts = [self._within(calls)], [self._within(attempts)]
        self._held = len(self._calls[0][_DRAW])

    def _within(self, table: Table) -> Table:
        is_kept = table[_DRAW] <= self._limit
        return {name: column[is_kept] for name, column in table.items()}

    def tables(self) -> tuple[Table, Table]:
        """Of calls and of attempts, in the order of a ledger, as `tables` makes them."""
        if self._held > self._most:
            self._drop()
        calls = _in_order(_joined(self._calls), ("intended", "client_number", "call"))
        attempts = _in_order(_joined(self._attempts), ("started", "client_number", "call", "attempt", "branch"))
        return calls, attempts


def _only(part: Observed, keys: Mapping[tuple[int, int], float]) -> Observed:
    """The part without all other calls."""
    ledger = part.ledger
    return replace(
        part,
        ledger=Ledger(
            calls=[call for call in ledger.calls if call[:2] in keys],
            attempts=[attempt for attempt in ledger.attempts if attempt.who[:2] in keys],
            journal=[served for served in ledger.journal if served.who[:2] in keys],
        ),
    )


def _with(table: dict[str, Column], draws: list[float]) -> Table:
    return {**table, _DRAW: np.array(draws, dtype=float)}


def _joined(parts: list[Table]) -> Table:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _in_order(table: Table, by: tuple[str, ...]) -> Table:
    order = np.lexsort([table[name] for name in reversed(by)])
    return {name: column[order] for name, column in table.items() if name != _DRAW}

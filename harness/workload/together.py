"""The calls of several groups of clients, who are numbered one group after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from ..policies.call import Ask
from .drawn import Traffic


class Together:
    """What each group does, by whoever it is that calls."""

    def __init__(self, groups: Sequence[Traffic]) -> None:
        self._groups = groups
        self._upto = list(accumulate(group.clients for group in groups))
        self.clients = self._upto[-1]

    def _of(self, client: int) -> Traffic:
        return self._groups[bisect_right(self._upto, client)]

    def is_open_for(self, client: int) -> bool:
        return self._of(client).is_open_for(client)

    def first(self, client: int) -> float | None:
        return self._of(client).first(client)

    def following(self, client: int, call: int, since: float) -> float | None:
        return self._of(client).following(client, call, since)

    def next_number(self, ask: Ask) -> int:
        return self._of(ask.client).next_number(ask)

    def next_step(self, ask: Ask, now: float) -> Ask | None:
        return self._of(ask.client).next_step(ask, now)

    def ask(self, client: int, call: int, intended: float) -> Ask:
        return self._of(client).ask(client, call, intended)

"""The layers of every client of a run, on any port."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..client import Client
from ..policies.effects import Run
from ..policies.layer import Site


def stacks(
    client_of: Callable[[int], Client],
    now: Callable[[], float],
    record: Callable[[Any], None],
    *,
    has_real_sdk: bool = False,
) -> Callable[[int], Run]:
    """The number of a client -> its layers, made anew for each call of this. `now`: seconds of the scenario."""

    def stack_of(number: int) -> Run:
        client = client_of(number)
        return client.stack(Site(number, now, record, client.timeouts.timeouts(), has_real_sdk=has_real_sdk))

    return stack_of

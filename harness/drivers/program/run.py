"""One run of a program, on any network: what listens and which clock rules is the backend's."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251 - the program's, which shall draw alike each time
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from brownout.fakes.http.clock import ScaledClock

from ...importing import NotFound
from ...ledger import Ledger
from ...own_code import users_modules
from ...program import Program, loaded
from ...scenario import Scenario
from ...scoring import Unplayable
from ..tasks import play_calls
from .asking import Asked
from .playable import check_sends
from .port import ProgramPort, calls
from .watch import Seen


def asked(program: Program, seed: int) -> Asked:
    """The program, made anew: its own modules are imported again, so that nothing is left of any time before; what it
    draws from `random` depends on the seed alone. Raises `Unplayable`."""
    for name, _ in tuple(users_modules()):
        del sys.modules[name]
    random.seed(seed)
    try:
        return Asked(*loaded(program), program.name)
    except NotFound as error:
        raise Unplayable(str(error)) from None


def in_a_loop(main: Coroutine[Any, Any, Ledger]) -> Ledger:
    """As `asyncio.run`, which waits for ever for tasks that do not hear when they are called off."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def play(
    scenario: Scenario,
    program: Program,
    seed: int,
    begin: Callable[[], object],
    check: Callable[[], object],
    connecting: Seen = lambda who, stream: None,
    refused: Seen = lambda who, stream: None,
) -> Ledger:
    """Play every call of the scenario; `begin` makes this second 0 for the server, `check` is called in the end.

    `connecting` and `refused` are told of connections that the server cannot see. Raises `Unplayable` for a program
    that does not send anything.
    """
    ledger = Ledger()
    clock = ScaledClock(asyncio.get_running_loop())
    those = asked(program, seed)
    for number in range(scenario.workload.clients):
        those.of(number)  # made before the clock starts, so that no call waits for it
    port = ProgramPort(clock, those, ledger.record, connecting, refused)
    callers = await play_calls(scenario, seed, port, clock, calls, ledger, begin)
    await those.close()
    callers.raise_failures()
    check()
    check_sends(program, ledger, port.raised[0] if port.raised else None)
    return ledger

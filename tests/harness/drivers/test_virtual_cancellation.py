"""The same as in `test_cancellation`, in virtual time: called off at any moment, a call gives back what it held.

The moments are those of a fine grid, which everything in the scenario falls on, and half a step beside each.
"""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest

from brownout.fakes.draws import Draws
from brownout.fakes.http.clock import ScaledClock
from brownout.fakes.virtual.server import VirtualServer
from brownout.fakes.virtual.world import World
from brownout.harness.drivers.sdk.client import Clients, make, make_blocking
from brownout.harness.drivers.sdk.port import AsyncPort
from brownout.harness.drivers.virtual.port import BlockingPort
from brownout.harness.drivers.virtual.run import URL, served
from brownout.harness.fleet import client_of
from brownout.harness.ledger import Ledger
from brownout.harness.policies.call import Call
from brownout.harness.policies.engine import Engine, Node
from brownout.harness.policies.layer import Site

from .test_cancellation import CASES, FAILING, OTHER, TROUBLED, Case, is_let_in, is_served, take_the_slot

STEP = 0.0225


class Played:
    """A call of one client on either port, called off after a while."""

    def __init__(self, case: Case, server: VirtualServer, port: AsyncPort | BlockingPort, ledger: Ledger) -> None:
        client = case.client()
        self.server = server
        self.ledger = ledger
        self.port = port
        self.run = client.stack(Site(0, port.now, ledger.record, client.timeouts.timeouts(), has_real_sdk=True))
        self._engine = Engine(port)
        self._workload = case.scenario().calls(seed=1)
        self._calls = count()
        self.left_at: float | None = None

    def begin(self, client: int, ended: Any) -> tuple[Node, Call]:
        call = Call(self._workload.ask(client, next(self._calls), self.port.now()), Draws(1, "jitter"))

        def done(_: Node, __: Any, error: BaseException | None) -> None:
            assert error is None
            ended()

        return self._engine.start(self.run(call), done), call

    def leave(self, node: Node) -> None:
        if node.done is not None:
            self.left_at = self.port.now()
            node.cancel()

    def check(self, call: Call) -> bool:
        """See what is left, once everything has let go. False if the call had ended by itself."""
        slots = self.server.endpoint.slots
        assert (slots.busy, slots.waiting) == (0, 0)
        assert is_let_in(self.run)
        assert is_served(self.server.endpoint, {TROUBLED, OTHER})
        attempts = [a for a in self.ledger.attempts if (a.who.client, a.who.call) == (TROUBLED, call.ask.call)]
        assert len(attempts) == call.total_attempts
        if self.left_at is None:
            return False
        late = {a.outcome for a in attempts if a.finished is None or a.finished > self.left_at}
        assert late <= {"cancelled"}
        return True


def asynchronously(case: Case, seconds: float) -> bool:
    """Call off a call of `AsyncAnthropic` after so many seconds. False if it had ended."""

    async def play(server: VirtualServer) -> bool:
        ledger = Ledger()
        clients = Clients(make, client_of(case.client(), 1), URL, 1.0)
        port = AsyncPort(ScaledClock(asyncio.get_running_loop()), clients.of, ledger.record)
        played = Played(case, server, port, ledger)
        server.begin()
        if case.opens_first:
            over = asyncio.Event()
            played.begin(FAILING, over.set)
            await over.wait()
            await asyncio.sleep(0.01)
        if case.is_queued:
            take_the_slot(server.endpoint, server.clock)
        over = asyncio.Event()
        node, call = played.begin(TROUBLED, over.set)
        await asyncio.sleep(seconds)
        played.leave(node)
        await asyncio.sleep(5)
        assert not port._tasks
        assert not port._closing
        for each in clients.made():
            await each.close()
        await asyncio.sleep(0)
        assert not server.connections
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return played.check(call)

    with served(case.scenario(), 1) as (_, server):
        return asyncio.run(play(server))


def blocking(case: Case, seconds: float) -> bool:
    """The same with a call of `Anthropic`."""
    with served(case.scenario(), 1) as (world, server):
        ledger = Ledger()
        clients = Clients(make_blocking, client_of(case.client(), 1), URL, 1.0)
        port = BlockingPort(world, server.clock, clients.of, ledger.record)
        played = Played(case, server, port, ledger)
        server.begin()
        if case.opens_first:
            in_hub(world, lambda: played.begin(FAILING, lambda: None))
            pause(world, 2.0)
        if case.is_queued:
            take_the_slot(server.endpoint, server.clock)
        begun = list[tuple[Node, Call]]()
        in_hub(world, lambda: begun.append(played.begin(TROUBLED, lambda: None)))
        [(node, call)] = begun
        world.hub.call_later(seconds, played.leave, node)
        pause(world, seconds + 5)
        assert not port._running
        for each in clients.made():
            each.close()
        world.hub.turn()
        assert not server.connections
        return played.check(call)


def in_hub(world: World, what: Any) -> None:
    """Layers are stepped there alone."""
    world.hub.call_soon(what)
    world.hub.turn()


def pause(world: World, seconds: float) -> None:
    world.hub.park(seconds, "a pause of the test's")


@pytest.mark.slow
@pytest.mark.parametrize("leaving", ["cancel", "finish"])
@pytest.mark.parametrize("called_off", [asynchronously, blocking])
@pytest.mark.parametrize("name", CASES)
def test_a_call_can_be_called_off_at_every_moment(name: str, called_off: Any, leaving: str) -> None:
    """No slot, permit, task, strand or connection stays taken, and what was in flight is recorded as cancelled."""
    case = Case(**{**vars(CASES[name]), "leaving": leaving})
    moments = (n * STEP for n in count())
    left = sum(1 for _ in iter(lambda: called_off(case, next(moments)), False))
    assert left > 10

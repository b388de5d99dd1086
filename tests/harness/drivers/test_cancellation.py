"""A caller may leave at any moment: whatever its call held is given back, on every backend.

A call is played to its k-th step and called off there, for each k until it ends by itself: in the simulator a step is
an event of the virtual clock, on the wire a turn of the event loop, which is finer than anything a task can see.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from types import coroutine
from typing import Any

import pytest

from brownout.fakes.backend import Clock
from brownout.fakes.draws import Draws, Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.ticket import Request
from brownout.fakes.wire.server import WireServer
from brownout.harness.client import Client
from brownout.harness.drivers.sdk import client as sdk
from brownout.harness.drivers.sdk.port import AsyncPort
from brownout.harness.drivers.sim.clock import SimClock
from brownout.harness.drivers.sim.pool import PoolLimits
from brownout.harness.drivers.sim.port import SimPort
from brownout.harness.files import loads as read
from brownout.harness.ledger import Ledger
from brownout.harness.policies.call import Call
from brownout.harness.policies.effects import Run
from brownout.harness.policies.engine import Engine, Node
from brownout.harness.policies.layer import Site
from brownout.harness.policies.layers import LAYERS
from brownout.harness.scenario import Scenario

from ..policies.hand_cranked import Bench, a_call

FAILING, TROUBLED, OTHER = 0, 1, 2
"""Client numbers: the service is down for one, fails another one twice before its text
and once in the middle of it, and is well for the last."""

SCENARIO = """
name: trouble
workload:
  clients: 3
  arrivals: {kind: closed}
  calls: {stream: STREAM, input_tokens: 10, output_tokens: 4}
server:
  latency: {round_trip: 10ms, first_token: 200ms, token_gap: 50ms}
  capacity: {slots: 1, on_disconnect: LEAVING}
timeline:
  - for: 1s
    faults:
      - {kind: overload, where: {clients: [0]}}
      - {kind: overload, where: {clients: [1], attempts: [0]}}
      - {kind: reset, at: {tokens: 0}, where: {clients: [1], attempts: [1]}}
      - {kind: reset, at: {tokens: 2}, where: {clients: [1], attempts: [2]}}
"""
CLIENT = "name: stack\nlayers: [LAYERS]\n"
"""No limit in it is so short that the machine's own delays could reach it."""
SCALE = 40.0

ONCE = "sdk: {max_retries: 0}"
RETRY = "retry: {retries: 3, backoff: {base: 50ms, jitter: none}, on: [overloaded, connection, stream_before_text]}"
ALONE = {
    "attempt_timeout": "attempt_timeout: {total: 60s}, sdk: {max_retries: 2}",
    "breaker": "breaker: {failures: 1, open_for: 1ms}, sdk: {max_retries: 2}",
    "concurrency": "concurrency: {limit: 1}, sdk: {max_retries: 2}",
    "content_gap": "content_gap: {limit: 9s}, sdk: {max_retries: 2}",
    "deadline": "deadline: {total: 60s}, sdk: {max_retries: 2}",
    "fallback": "fallback: {to: [{model: claude-haiku-4-5}]}, sdk: {max_retries: 2}",
    "first_byte": "first_byte: {limit: 60s}, sdk: {max_retries: 2}",
    "first_token": "first_token: {limit: 60s}, sdk: {max_retries: 2}",
    "hedge": "hedge: {after: 150ms}, sdk: {max_retries: 2}",
    "rate_limiter": "rate_limiter: {by: {kind: bucket, rate: 5/s, burst: 9}}, sdk: {max_retries: 2}",
    "resume": f"resume: {{times: 2}}, {RETRY}, {ONCE}",
    "retry": f"{RETRY}, {ONCE}",
    "sdk": "sdk: {max_retries: 2}",
    "throttle": "throttle: {k: 2}, sdk: {max_retries: 2}",
}
"""Each layer around the SDK."""
STACKS = {
    **{f"{name} alone": text for name, text in ALONE.items()},
    "guarded": f"deadline: {{total: 60s}}, breaker: {{failures: 9}}, {RETRY}, {ONCE}",
    "hedged": f"deadline: {{total: 60s}}, hedge: {{after: 300ms}}, {RETRY}, content_gap: {{limit: 9s}}, {ONCE}",
    "a probe": f"breaker: {{failures: 1, open_for: 1ms}}, {RETRY}, {ONCE}",
    "budgeted": f"{RETRY[:-1]}, budget: {{deposit: 0.1, capacity: 2}}}}, {ONCE}",
    "queued": f"hedge: {{after: 80ms}}, {RETRY}, {ONCE}",
}


loads = cache(read)
"""Read once: a case is played a thousand times."""


@dataclass(frozen=True)
class Case:
    """What is called off."""

    layers: str
    is_stream: bool
    leaving: str = "cancel"
    opens_first: bool = False
    """A call fails before it, so that it is a breaker's probe."""
    is_queued: bool = False
    """Somebody else has the only slot when it comes."""
    closes: bool = False
    """The port is closed at once, as at the end of a run."""

    def scenario(self) -> Scenario:
        text = SCENARIO.replace("STREAM", "100%" if self.is_stream else "0%")
        return loads(text.replace("LEAVING", self.leaving), Scenario)

    def client(self) -> Client:
        return loads(CLIENT.replace("LAYERS", self.layers), Client)


CASES = {
    f"{name}, {'stream' if is_stream else 'plain'}": Case(
        layers, is_stream, opens_first=name == "a probe", is_queued=name == "queued"
    )
    for name, layers in STACKS.items()
    for is_stream in (True, False)
}


def is_let_in(run: Run) -> bool:
    """Whether the next call through these layers would be sent."""
    bench = Bench()
    node = bench.start(run(a_call()))
    is_sent = any(pending.effect is not None for pending in bench.port.asked)
    node.cancel()
    return is_sent


def take_the_slot(endpoint: Endpoint, clock: Clock) -> None:
    """Somebody else is being answered for a while, so that whoever comes now has to queue."""
    ticket = endpoint.answer(Request(Identity(OTHER, 0), False, 10, 10), clock.now(), is_fresh=True)
    endpoint.admit(ticket, clock.now())

    def give_it_back(*_: object) -> None:
        endpoint.drop(ticket, clock.now())

    clock.timer(0.3, give_it_back, None)


def is_served(endpoint: Endpoint, clients: set[int]) -> bool:
    """Whether the service does nothing any more for these clients."""
    return all(served.ended is not None for served in endpoint.journal() if served.who.client in clients)


def test_every_layer_is_called_off_here() -> None:
    """So that a new one cannot be left out."""
    assert ALONE.keys() == LAYERS.keys()


# -- the simulator


class SimWorld:
    """One client in the simulator."""

    def __init__(self, case: Case) -> None:
        scenario, client = case.scenario(), case.client()
        self.ledger = Ledger()
        self.clock = SimClock(client.lengths())
        self.endpoint = Endpoint(scenario.service(), seed=1)
        self.port = SimPort(self.clock, self.endpoint, self.ledger.attempts, lambda number: PoolLimits())
        self.run = client.stack(Site(0, self.clock.now, self.ledger.record, client.timeouts.timeouts()))
        self._workload = scenario.calls(seed=1)
        self._engine = Engine(self.port)
        self.port.follow_phases()

    def begin(self, client: int) -> tuple[Node, Call]:
        call = Call(self._workload.ask(client, 0, self.clock.now()), Draws(1, "jitter"))

        def done(_: Node, __: Any, error: BaseException | None) -> None:
            assert error is None

        return self._engine.start(self.run(call), done), call

    def finish(self, node: Node) -> None:
        while node.done is not None:
            self.clock.env.step()


def called_off_after(case: Case, steps: int) -> bool:
    """Play a call for that many events, call it off and see what is left. False if it had ended before."""
    world = SimWorld(case)
    if case.opens_first:
        world.finish(world.begin(FAILING)[0])
        world.clock.env.run(until=world.clock.now() + 1)
    if case.is_queued:
        take_the_slot(world.endpoint, world.clock)
    node, call = world.begin(TROUBLED)
    for _ in range(steps):
        world.clock.env.step()
        if node.done is None:
            return False
    now = world.clock.now()
    in_flight = {attempt.who for attempt in world.port.in_flight if attempt.who.client == TROUBLED}
    node.cancel()
    attempts = [attempt for attempt in world.ledger.attempts if attempt.who.client == TROUBLED]
    assert {a.who for a in attempts if a.outcome == "cancelled" and a.finished == now} == in_flight
    assert is_let_in(world.run)
    assert case.leaving == "finish" or is_served(world.endpoint, {TROUBLED})
    world.clock.env.run()
    assert len(attempts) == call.total_attempts
    assert is_served(world.endpoint, {TROUBLED, OTHER})
    assert (world.endpoint.slots.busy, world.endpoint.slots.waiting) == (0, 0)
    assert world.port.in_flight == set()
    for pool in world.port._pools.values():
        assert pool._open == len(pool._idle)
        assert not pool._waiting
    return True


@pytest.mark.parametrize("leaving", ["cancel", "finish"])
@pytest.mark.parametrize("name", CASES)
def test_a_call_can_be_called_off_at_every_event_in_the_simulator(name: str, leaving: str) -> None:
    """No slot, permit or connection stays taken, and what was in flight is recorded as cancelled."""
    case = replace(CASES[name], leaving=leaving)
    steps = next(steps for steps in count() if not called_off_after(case, steps))
    assert steps >= 4


# -- the wire


class Turns(selectors.DefaultSelector):
    """Tells of the n-th turn of a loop, between what ran before and what runs next."""

    def __init__(self) -> None:
        super().__init__()
        self._left = 0
        self._then: Callable[[], None] | None = None

    def after(self, turns: int, then: Callable[[], None]) -> None:
        self._left, self._then = turns, then

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._then is not None:
            self._left -= 1
            if self._left < 0:
                then, self._then = self._then, None
                then()
                timeout = 0  # it may have given the loop something to do
        return super().select(timeout)


@coroutine
def one_turn() -> Generator[None, None, None]:
    """Let the loop go round once."""
    yield


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop go round until something holds; a while is enough for everything here."""
    async with asyncio.timeout(5):
        while not condition():
            await one_turn()


class WireWorld:
    """The fake on a real socket, and one client after the other."""

    def __init__(self, case: Case, turns: Turns) -> None:
        scenario = case.scenario()
        self._case, self._turns = case, turns
        self._workload = scenario.calls(seed=1)
        self._client = case.client()
        self._calls = count()
        self.ledger = Ledger()
        self.endpoint = Endpoint(scenario.service(), seed=1)
        self.server = WireServer(self.endpoint, scale=SCALE)

    async def called_off_after(self, turns: int) -> bool:
        """Play a call for that many turns of the loop, call it off and see what is left. False if it had ended."""
        url, timeouts = f"http://{self.server.host}:{self.server.port}", self._client.timeouts.timeouts()
        async with sdk.make(url, self._client.sdk.max_retries, timeouts, SCALE) as anthropic:
            none = lambda *_: None  # noqa: E731 - two that do nothing
            self.port = AsyncPort(self.server.clock, lambda *_: anthropic, self.ledger.record, none, none)
            self._engine = Engine(self.port)
            run = self._client.stack(Site(0, self.port.now, self.ledger.record, timeouts, has_real_sdk=True))
            await self._prepare(run)
            call, left_at = await self._leave(run, turns)
            if self._case.closes:
                await self.port.close()
            await until(self._is_quiet)
        await until(lambda: not self.server.connections)
        assert is_let_in(run)
        assert is_served(self.endpoint, {TROUBLED, OTHER})
        attempts = [a for a in self.ledger.attempts if (a.who.client, a.who.call) == (TROUBLED, call.ask.call)]
        assert len(attempts) == call.total_attempts
        if left_at is None:
            return False
        late = {attempt.outcome for attempt in attempts if attempt.finished is None or attempt.finished >= left_at}
        assert late <= {"cancelled"}
        return True

    async def _prepare(self, run: Run) -> None:
        """Whatever is to happen before the call."""
        if self._case.opens_first:
            over = asyncio.Event()
            self._begin(run, FAILING, over.set)
            await over.wait()
            opened = self.port.now()
            await until(lambda: self.port.now() > opened + 0.001)
        if self._case.is_queued:
            take_the_slot(self.endpoint, self.server.clock)

    def _begin(self, run: Run, client: int, ended: Callable[[], None]) -> tuple[Node, Call]:
        call = Call(self._workload.ask(client, next(self._calls), 0.0), Draws(1, "jitter"))

        def done(_: Node, __: Any, error: BaseException | None) -> None:
            assert error is None
            ended()

        return self._engine.start(run(call), done), call

    async def _leave(self, run: Run, turns: int) -> tuple[Call, float | None]:
        """The call, and when it was called off; None if it had ended."""
        over = asyncio.Event()
        node, call = self._begin(run, TROUBLED, over.set)
        left_at: list[float] = []

        def leave() -> None:
            if node.done is not None:
                left_at.append(self.port.now())
                node.cancel()
            over.set()

        self._turns.after(turns, leave)
        await over.wait()
        return call, next(iter(left_at), None)

    def _is_quiet(self) -> bool:
        """Whether nobody does anything any more, on either side."""
        slots, connections = self.endpoint.slots, self.server.connections
        is_idle = all(connection.is_idle for connection in connections)
        return is_idle and not self.port._tasks and (slots.busy, slots.waiting) == (0, 0)


async def call_off_everywhere(case: Case, turns: Turns) -> int:
    """How many turns a call takes that nobody calls off."""
    world = WireWorld(case, turns)
    await world.server.start()
    world.server.begin()
    try:
        for steps in count():
            if not await world.called_off_after(steps):
                break
    finally:
        await world.server.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return steps


def turns_of(case: Case) -> int:
    """Call it off at every turn of a loop, and count them."""
    turns = Turns()
    with sdk.on_our_clock(SCALE), asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(turns)) as runner:
        return runner.run(call_off_everywhere(case, turns))


@pytest.mark.parametrize("name", CASES)
def test_a_call_can_be_called_off_at_every_turn_of_the_loop(name: str) -> None:
    """No slot, permit, task or socket stays taken, and what was in flight is recorded as cancelled."""
    assert turns_of(CASES[name]) > 3  # how many there are depends on how much comes at once


@pytest.mark.parametrize("name", ["hedged, stream", "hedged, plain"])
def test_a_port_can_be_closed_while_what_was_called_off_lets_go(name: str) -> None:
    """The end of a run cancels everything a second time, which must not disturb what is being closed."""
    assert turns_of(replace(CASES[name], closes=True)) > 3

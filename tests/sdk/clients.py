"""Two clients behind one face: the SDK over its own connection pool and a network in memory, and the simulator's."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import Any, NamedTuple, Protocol

import httpcore2

from brownout.fakes.capacity import Capacity
from brownout.fakes.distributions import Exponential
from brownout.fakes.draws import Draws, Identity
from brownout.fakes.endpoint import Endpoint, Service
from brownout.fakes.faults.refuse import Refuse
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.plan import (
    CLOSE,
    CLOSING,
    FINISH,
    OPENING,
    RESET,
    Answer,
    Error,
    Head,
    Mark,
    Plan,
    Stall,
    Step,
    StreamError,
    Tokens,
)
from brownout.fakes.ticket import Request, Ticket
from brownout.fakes.timeline import Armed
from brownout.harness.drivers.sdk import client as wire_sdk
from brownout.harness.drivers.sim.clock import SimClock
from brownout.harness.drivers.sim.pool import PoolLimits
from brownout.harness.drivers.sim.port import SimPort
from brownout.harness.policies.call import Ask, Call
from brownout.harness.policies.effects import Timeouts
from brownout.harness.policies.engine import Engine, Node
from brownout.harness.policies.layer import Site
from brownout.harness.policies.layers.sdk import Sdk
from brownout.harness.policies.outcome import Outcome
from brownout.harness.policies.sdks.python import asks
from brownout.harness.policies.stack import build
from brownout.harness.records import AttemptRecord

from .network import Clock, Network, Socket
from .observe import Reply, Script, Seen, pool_of
from .observe import Sdk as RealSdk
from .predict import JITTER

TIMEOUTS = Timeouts()


class Came(NamedTuple):
    """What a call came to. `fresh` says of each attempt whether a connection was opened for it."""

    seen: Seen
    fresh: list[bool]
    now: float


class AnyClient(Protocol):
    """A client with a connection pool and a clock of its own."""

    def call(self, script: Script) -> Came: ...

    def rest(self, seconds: float) -> None:
        """Let time pass between two calls."""

    def close(self) -> None: ...


# -- the SDK

_READS: dict[str, bytes | type[Exception]] = {
    "ConnectError": httpcore2.ReadError,  # the connection was there already
    "ReadError": httpcore2.ReadError,
    "ReadTimeout": httpcore2.ReadTimeout,
    "RemoteProtocolError": b"",
}


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


def _bytes(reply: Reply, stream: bool) -> list[bytes | type[Exception]]:
    """An answer as the socket reads it."""
    if not reply.status:
        return [_READS[reply.raises]]
    fields = {"content-type": reply.content_type(stream), "transfer-encoding": "chunked"} | reply.headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    first, second = reply.body(stream)
    head = f"HTTP/1.1 {reply.status} Canned\r\n{lines}\r\n".encode() + _chunk(first)
    return [head, _READS[reply.raises] if reply.raises else _chunk(second) + b"0\r\n\r\n"]


class _Server:
    """Answers what comes over the network, from the script."""

    script: Script
    attempts = 0

    def __init__(self) -> None:
        self.clock = Clock()
        self.network = Network(self.clock, self._arrived, self._connecting)
        self.fresh: list[bool] = []

    def _next(self, is_fresh: bool) -> Reply:
        self.fresh.append(is_fresh)
        self.attempts += 1
        return self.script.replies[self.attempts - 1]

    def _connecting(self) -> None:
        if self.script.replies[self.attempts].raises == "ConnectError":
            self._next(is_fresh=True)
            raise httpcore2.ConnectError

    def _arrived(self, socket: Socket, _: str) -> None:
        reply = self._next(socket.requests == 1)
        socket.feed(*_bytes(reply, self.script.stream))

    def slept(self, seconds: float) -> None:
        self.clock.now += seconds


class SdkClient:
    """The SDK as the wire's driver sets it up."""

    def __init__(self) -> None:
        self._exit = ExitStack()
        self._runner = self._exit.enter_context(asyncio.Runner())
        self._server = _Server()
        self._exit.enter_context(self._server.clock.rules("httpcore2"))
        client = wire_sdk.make("http://fake", 2, TIMEOUTS, 1.0)
        pool_of(client)._network_backend = self._server.network
        self._client = client
        self._sdk = RealSdk(self._server, client)

    def call(self, script: Script) -> Came:
        self._server.fresh.clear()
        seen = self._runner.run(self._sdk.play(script))
        return Came(seen, list(self._server.fresh), self._server.clock.now)

    def rest(self, seconds: float) -> None:
        self._server.clock.now += seconds

    def close(self) -> None:
        self._runner.run(self._client.close())
        self._exit.close()


# -- the simulator

_STEPS: dict[str, Step] = {
    "ConnectError": RESET,
    "ReadError": RESET,
    "ReadTimeout": Stall(),
    "RemoteProtocolError": CLOSE,
}
_ENDINGS: dict[str, Plan] = {
    "whole": (*CLOSING, FINISH),
    "truncated": (FINISH,),
    "error": (StreamError("api_error", "canned"), FINISH),
}


def _plan(reply: Reply, stream: bool) -> Plan:
    """An answer as the simulated server gives it."""
    broken = (_STEPS[reply.raises],) if reply.raises else None
    if not reply.status:
        return broken or ()
    if reply.status != 200:
        seconds, again = asks(reply.headers)
        return Head(reply.status, False, seconds, again), Error("api_error", "canned"), *(broken or (FINISH,))
    if stream:
        return Head(sse=True), *OPENING, Tokens(1, 0.0), *(broken or _ENDINGS[reply.ending])
    return (Head(), Answer(0.0, 0.5), *broken) if broken else (Head(), Answer(), FINISH)


_REFUSES = Armed(Refuse(), Mark(0), Draws(0, "refuse"), "refuse")


class _Scripted(Endpoint):
    """A service that has its answers from a script."""

    script: Script

    def connect(self, who: Identity, stream: bool, now: float, before: Armed | None = None) -> Armed | None:
        return _REFUSES if self.script.replies[who.attempt].raises == "ConnectError" else None

    def expect(self, request: Request, now: float, is_fresh: bool) -> Ticket:
        ticket = super().expect(request, now, is_fresh)
        ticket.segment = _plan(self.script.replies[request.who.attempt], request.stream)
        return ticket


class SimClient:
    """The `sdk` layer over the simulator's port."""

    def __init__(self) -> None:
        self._clock = SimClock()
        service = Service(Latency(), Capacity(), Limits(), ((1.0, Exponential(mean=1)),))
        self._endpoint = _Scripted(service, 0)
        self._attempts: list[AttemptRecord] = []
        self._port = SimPort(self._clock, self._endpoint, self._attempts, lambda number: PoolLimits())

    def call(self, script: Script) -> Came:
        self._endpoint.script = script
        self._attempts.clear()
        waits, ended = list[Any](), list[Outcome]()

        def done(node: Node, outcome: Outcome, error: BaseException | None) -> None:
            if error is not None:
                raise error
            ended.append(outcome)

        site = Site(0, self._clock.now, waits.append, TIMEOUTS)
        call = Call(Ask(0, 0, 0.0, 600.0, script.stream, 1, 16), JITTER)
        Engine(self._port).start(build([Sdk(max_retries=script.max_retries)], site)(call), done)
        while not ended:
            self._clock.env.step()
        [outcome] = ended
        seconds = [record.seconds for record in waits]
        seen = Seen(call.attempts, seconds, outcome.exception, outcome.kind == "ok")
        return Came(seen, [record.is_fresh for record in self._attempts], self._clock.now())

    def rest(self, seconds: float) -> None:
        if seconds:
            self._clock.env.run(until=self._clock.now() + seconds)

    def close(self) -> None:
        pass


CLIENTS: dict[str, type[AnyClient]] = {"sdk": SdkClient, "simulator": SimClient}

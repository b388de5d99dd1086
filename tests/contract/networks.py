"""The networks on which a program meets a trouble: real sockets, and the one in memory with its virtual time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from brownout.fakes.endpoint import Endpoint, Service
from brownout.fakes.faults.noop import Noop
from brownout.fakes.http.server import Server
from brownout.fakes.timeline import Phase
from brownout.fakes.virtual.server import VirtualServer
from brownout.fakes.virtual.world import World
from brownout.fakes.wire.certificates import AUTHORITY, Certificates, file_of
from brownout.harness.drivers.virtual.backends import in_memory

from ..fakes.wire.serving import SCALE, fault_of, service, serving, until
from ..patience import PATIENCE
from .program import How, Seen, Settings, hurried, timed

T = TypeVar("T")

Network = Literal["wire", "virtual"]
Style = Literal["async", "blocking", "blocking, no loop"]
"""Of the SDK. Blocking calls are made in a thread beside the event loop, or without one in the thread itself."""
Trouble = Mapping[str, Any]
"""A fault as in a scenario file, or a `kind` that is none: `tls`, `idle_closed`, `idle_reset`, `small_pool`."""

NONE: Trouble = {"kind": "noop"}
HOST = "claude.test"


class Case(NamedTuple):
    """What is played. The timeout in seconds of the scenario."""

    trouble: Trouble
    how: How
    network: Network
    style: Style
    read_timeout: float
    is_secure: bool = False
    connect_timeout: float | None = None
    retries: int | None = None
    certificates: str = ""
    """The folder with those of a server on the wire that speaks TLS."""


def play(case: Case) -> Seen:
    """What a program sees of it."""
    return timed_play(case)[0]


def timed_play(case: Case) -> tuple[Seen, float]:
    """Besides, how long it took, in seconds of the scenario."""
    return asyncio.run(asyncio.wait_for(_on_the_wire(case), PATIENCE)) if case.network == "wire" else _virtual(case)


async def _on_the_wire(case: Case) -> tuple[Seen, float]:
    shown = Certificates.read(Path(case.certificates)) if case.is_secure else None
    async with serving(service_with(case.trouble), certificates=shown) as server:

        async def between() -> None:
            await until(lambda: all(connection.is_idle for connection in server.connections))
            _strike_idle(server, case.trouble)
            await until(lambda: not (server.connections and _strikes_idle(case.trouble)))

        with hurried(SCALE):
            settings = _trusting(case, f"127.0.0.1:{server.port}")
            told, seconds = await timed(case.how, settings, time.monotonic, between)
    return told, seconds * SCALE


def _virtual(case: Case) -> tuple[Seen, float]:
    with virtual(case.trouble) as (world, server):

        async def between() -> None:
            world.hub.park(1.0, "the connection to be idle")
            _strike_idle(server, case.trouble)

        settings = _settings(case, HOST, 1.0)
        if case.style == "blocking, no loop":
            return _without_loop(timed(case.how, settings._replace(away=_here), world.hub.time, between))
        return asyncio.run(timed(case.how, settings, world.hub.time, between))


@contextmanager
def virtual(trouble: Trouble) -> Iterator[tuple[World, VirtualServer]]:
    """A virtual time in which a server that has this trouble listens at `HOST`, and knows nobody's name."""
    with World() as world, in_memory(world.network):
        server = VirtualServer(Endpoint(service_with(trouble), seed=1), world.hub)
        server.tls = trouble.get("tls", "works")
        world.network.listen(HOST, server)
        server.begin()
        yield world, server
        server.stop()


async def _here(call: Callable[[], T]) -> T:
    return call()


def _without_loop(program: Coroutine[Any, Any, T]) -> T:
    """Run to its end what never waits for anything but blocking calls."""
    try:
        program.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waits for an event loop")


def _settings(case: Case, host: str, scale: float) -> Settings:
    scheme = "https" if case.is_secure else "http"
    return Settings(
        f"{scheme}://{host}",
        case.read_timeout / scale,
        case.trouble.get("connections"),
        connect_timeout=None if case.connect_timeout is None else case.connect_timeout / scale,
        retries=case.retries,
        is_blocking=case.style != "async",
    )


def _trusting(case: Case, host: str) -> Settings:
    settings = _settings(case, host, SCALE)
    return settings._replace(authority=str(file_of(Path(case.certificates), AUTHORITY))) if case.is_secure else settings


def service_with(trouble: Trouble) -> Service:
    """A server that has this trouble from the start."""
    match trouble["kind"]:
        case "tls" | "idle_closed" | "idle_reset" | "small_pool":
            fault: Any = Noop()
        case _:
            fault = fault_of(trouble)
    return service(Phase(0.0, (fault,)))


def _strikes_idle(trouble: Trouble) -> bool:
    return trouble["kind"] in ("idle_closed", "idle_reset")


def _strike_idle(server: Server, trouble: Trouble) -> None:
    for connection in tuple(server.connections):
        assert connection.is_idle
        if trouble["kind"] == "idle_closed":
            connection.drop()
        elif trouble["kind"] == "idle_reset":
            connection.strike_idle()

"""The virtual stage: a network in memory and a clock that jumps, around a test."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from brownout.fakes.http.server import Server
from brownout.fakes.virtual.errors import ForeignThread, NotRouted
from brownout.fakes.virtual.exits import added
from brownout.fakes.virtual.world import World

from ..drivers.virtual.run import served
from ..scenario import Scenario
from .environment import environment
from .service import Service
from .stage import Backend

T = TypeVar("T")


@dataclass(frozen=True)
class _Here:
    """The server lives in the thread that the test runs in."""

    world: World
    server: Server
    url: str
    backend: Backend = "virtual"
    was_cut: bool = False

    @property
    def refused(self) -> list[NotRouted]:
        return self.world.network.refused

    def do(self, what: Callable[[], T]) -> T:
        self.world.hub.turn()  # what the program has just done, such as to close a connection, arrives first
        return what()


@contextmanager
def virtual(scenario: Scenario, seed: int, hosts: Sequence[str], limit: float = math.inf) -> Iterator[Service]:
    """Virtual time, in which every client of httpx, httpx2 or the SDK that connects to one of the hosts reaches the
    scenario's service, with or without an API key. Its second 0 is now, and after `limit` seconds it ends for whoever
    still waits."""
    with (
        served(scenario, seed, hosts, limit) as (world, server),
        environment(),
        _older_threads(world),
    ):
        server.begin()
        yield Service(_Here(world, server, f"https://{hosts[0]}"), seed)


@contextmanager
def _older_threads(world: World) -> Iterator[None]:
    """While this lasts, it is noted which thread of real time has touched virtual time: whoever waits for what such a
    thread does learns nothing of the error that ended it."""

    def note(_: ForeignThread, told: str) -> None:
        if not world.hub.is_here():
            name = threading.current_thread().name
            world.network.refused.append(NotRouted(f"thread {name!r} is older than this test: {told}"))

    with added(ForeignThread, __init__=note):
        yield

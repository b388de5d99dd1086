"""The virtual stage: a network in memory and a clock that jumps, around a test."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from brownout.fakes.http.server import Server
from brownout.fakes.virtual.errors import NotRouted
from brownout.fakes.virtual.world import World

from ..drivers.virtual.run import served
from ..scenario import Scenario
from .environment import environment
from .service import Service
from .stage import Backend
from .strangers import strangers

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
    with served(scenario, seed, hosts, limit) as (world, server), environment(), strangers(world):
        server.begin()
        yield Service(_Here(world, server, f"https://{hosts[0]}"), seed)

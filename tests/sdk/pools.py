"""Two pools behind one face: that of the HTTP library over a network in memory, and our model of it."""

from __future__ import annotations

import asyncio
import importlib
from contextlib import ExitStack
from typing import Any, Protocol

from brownout.harness.drivers.sim.pool import Connection, Pool, PoolLimits

from .network import Clock, Network, Socket

WHOLE_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
FIN = b""


class AnyPool(Protocol):
    """Requests are known by numbers of the test's choice, connections by the order in which they were opened."""

    placed: dict[int, tuple[int, bool]]
    """For each request that was ever sent on: its connection, and whether that was opened for it."""

    def send(self, request: int) -> None: ...

    def answer(self, request: int) -> None:
        """Its answer comes, whole."""

    def lose(self, request: int) -> None:
        """Its connection breaks."""

    def cancel(self, request: int) -> None:
        """Its caller leaves, whether it waits for a connection or for an answer."""

    def close_by_server(self, connection: int) -> None:
        """The server closes an idle connection."""

    def advance(self, seconds: float) -> None: ...

    def close(self) -> None: ...


class RealPool:
    """httpcore or httpcore2."""

    def __init__(self, library: str, limits: PoolLimits) -> None:
        self.placed: dict[int, tuple[int, bool]] = {}
        self._core: Any = importlib.import_module(library)
        self._clock = Clock()
        self._network = Network(self._clock, self._arrived)
        self._pool = self._core.AsyncConnectionPool(
            max_connections=limits.connections,
            max_keepalive_connections=limits.idle,
            keepalive_expiry=limits.expiry,
            network_backend=self._network,
        )
        self._tasks: dict[int, asyncio.Task[Any]] = {}
        self._exit = ExitStack()
        self._loop = self._exit.enter_context(asyncio.Runner()).get_loop()
        self._exit.enter_context(self._clock.rules(library))

    def _arrived(self, socket: Socket, target: str) -> None:
        self.placed[int(target[1:])] = socket.number, socket.requests == 1

    def _settle(self) -> None:
        async def turns() -> None:
            for _ in range(60):  # several for each request that waits: the older library wakes them all
                await asyncio.sleep(0)

        self._loop.run_until_complete(turns())

    def _socket(self, request: int) -> Socket:
        return self._network.sockets[self.placed[request][0] - 1]

    def send(self, request: int) -> None:
        asked = self._pool.request("GET", f"http://fake/{request}")
        self._tasks[request] = self._loop.create_task(asked)
        self._settle()

    def answer(self, request: int) -> None:
        self._socket(request).feed(WHOLE_ANSWER)
        self._settle()
        assert self._tasks.pop(request).result().status == 200

    def lose(self, request: int) -> None:
        self._socket(request).feed(FIN)
        self._settle()
        assert isinstance(self._tasks.pop(request).exception(), self._core.RemoteProtocolError)

    def cancel(self, request: int) -> None:
        task = self._tasks.pop(request)
        task.cancel()
        self._settle()
        assert task.cancelled()

    def close_by_server(self, connection: int) -> None:
        self._network.sockets[connection - 1].is_readable = True

    def advance(self, seconds: float) -> None:
        self._clock.now += seconds

    def close(self) -> None:
        for request in list(self._tasks):
            self.cancel(request)
        self._loop.run_until_complete(self._pool.aclose())
        self._exit.close()


class ModelPool:
    """The simulator's."""

    def __init__(self, limits: PoolLimits) -> None:
        self.placed: dict[int, tuple[int, bool]] = {}
        self._pool = Pool(limits)
        self._waiting: dict[int, _Waiting] = {}
        self._connections: dict[int, Connection] = {}
        self._now = 0.0

    def place(self, request: int, connection: Connection, is_fresh: bool) -> None:
        self._waiting.pop(request, None)
        self._connections[connection.number] = connection
        self.placed[request] = connection.number, is_fresh

    def send(self, request: int) -> None:
        found = self._pool.acquire(self._now)
        if found is None:
            self._waiting[request] = waiting = _Waiting(self, request)
            self._pool.wait(waiting)
        else:
            self.place(request, *found)

    def answer(self, request: int) -> None:
        self._release(request, is_reusable=True)

    def lose(self, request: int) -> None:
        self._release(request, is_reusable=False)

    def _release(self, request: int, is_reusable: bool) -> None:
        self._pool.release(self._connections[self.placed[request][0]], self._now, is_reusable)

    def cancel(self, request: int) -> None:
        waiting = self._waiting.pop(request, None)
        if waiting is None:
            self.lose(request)
        else:
            self._pool.give_up(waiting)

    def close_by_server(self, connection: int) -> None:
        self._connections[connection].is_closed = True

    def advance(self, seconds: float) -> None:
        self._now += seconds

    def close(self) -> None:
        pass


class _Waiting:
    def __init__(self, pool: ModelPool, request: int) -> None:
        self._pool = pool
        self._request = request

    def has_connection(self, connection: Connection, is_fresh: bool) -> None:
        self._pool.place(self._request, connection, is_fresh)

"""Event loops in virtual time: how they are made, what stops them, and what they refuse."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from brownout.fakes.virtual.errors import NotRouted
from brownout.fakes.virtual.world import World, run


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_blocking_sleep_stops_the_loop() -> None:
    """As it does in real time: it is the defect that such a test is for."""

    async def main() -> list[float]:
        seen: list[float] = []

        async def tick() -> None:
            for _ in range(3):
                await asyncio.sleep(1)
                seen.append(now())

        task = asyncio.create_task(tick())
        await asyncio.sleep(1.5)
        time.sleep(10)
        await task
        return seen

    assert run(main) == [1, 11.5, 12.5]


def test_a_loop_may_be_made_in_any_way() -> None:
    async def main() -> float:
        await asyncio.sleep(3600)
        return now()

    with World():
        made = asyncio.new_event_loop()
        assert made.run_until_complete(main()) == 3600
        made.close()
        by_policy = asyncio.get_event_loop_policy().new_event_loop()
        assert by_policy.run_until_complete(main()) == 7200
        by_policy.close()
        with asyncio.Runner() as runner:
            assert runner.run(main()) == 10800


def refused(what: Coroutine[Any, Any, Any], kind: type[BaseException], words: str) -> None:
    with pytest.raises(kind, match=words):
        asyncio.run(what)


def test_real_sockets_signals_and_processes_are_refused() -> None:
    async def reader() -> None:
        asyncio.get_running_loop().add_reader(0, print)

    async def signals() -> None:
        asyncio.get_running_loop().add_signal_handler(10, print)

    async def ready_socket() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            await asyncio.open_connection(sock=ours)

    with World():
        none_such = "no real sockets, pipes, signals or processes"
        refused(reader(), NotImplementedError, none_such)
        refused(signals(), NotImplementedError, none_such)
        refused(ready_socket(), NotImplementedError, none_such)
        refused(asyncio.create_subprocess_exec("true"), NotImplementedError, none_such)
        refused(asyncio.create_subprocess_shell("true"), NotImplementedError, none_such)
        refused(asyncio.start_server(lambda *_: None, "127.0.0.1", 0), NotImplementedError, none_such)


def test_a_connection_of_asyncio_is_not_routed() -> None:
    with pytest.raises(NotRouted, match=r"example\.org"):
        run(lambda: asyncio.open_connection("example.org", 80))

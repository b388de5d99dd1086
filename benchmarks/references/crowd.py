"""A crowd of clients for some time: each asks for one stream after the other, whatever becomes of them. Prints JSON.

`crowd.py PORT CLIENTS SECONDS LOOP`: in 0 seconds each asks once. A client that has waited too long leaves in the
middle; one that has got its answer stays on its connection half of the time.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import Any

PATIENCE = 8.0
"""Seconds for a whole answer: more than a stream takes, less than one that trickles."""
TOKENS = 60
BODY = json.dumps({"model": "m", "max_tokens": TOKENS, "stream": True,
                   "messages": [{"role": "user", "content": "Hello"}]}).encode()  # fmt: skip
HEAD = "POST /client/%d/v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: k\r\ncontent-length: %d\r\n\r\n"
STOP = b"event: message_stop"
_PAUSE = 0.2
"""Seconds until a client that has not been served asks again."""


class Exchange(asyncio.Protocol):
    """A connection, and the answer that is awaited on it."""

    def __init__(self) -> None:
        self._head = self._tail = b""
        self.done: asyncio.Future[str] | None = None
        self.is_open = True

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self, request: bytes) -> asyncio.Future[str]:
        """How it ends: the status and whether the answer was whole, or what was wrong."""
        self._head, self._tail, self.done = b"", b"", asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.done

    def data_received(self, data: bytes) -> None:
        self._head += data[: 12 - len(self._head)]
        self._tail = (self._tail + data)[-100:]
        if self._tail.endswith(b"\r\n0\r\n\r\n"):
            self._end("whole" if STOP in self._tail else "cut short")
        elif self._tail.endswith(b"}") and not self._head.endswith(b"200"):
            self._end(self._head[-3:].decode())

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self._end("closed" if error is None else "reset")

    def _end(self, how: str) -> None:
        if self.done is not None and not self.done.done():
            self.done.set_result(how)


async def load(port: int, clients: int, seconds: float) -> dict[str, int]:
    """How the exchanges ended."""
    loop, ends = asyncio.get_running_loop(), Counter[str]()
    until = time.monotonic() + seconds

    async def one(number: int) -> None:
        request = (HEAD % (number, len(BODY))).encode() + BODY
        await asyncio.sleep(2.0 * number / clients)
        exchange: Exchange | None = None
        while True:
            how = "refused"
            with suppress(OSError):
                if exchange is None or not exchange.is_open:
                    _, exchange = await loop.create_connection(Exchange, "127.0.0.1", port)
                how = await _patiently(exchange.ask(request))
            ends[how] += 1
            if exchange is not None and (how != "whole" or ends["whole"] % 2):
                exchange.transport.close()
                exchange = None
            if time.monotonic() >= until:
                break
            if how != "whole":
                await asyncio.sleep(_PAUSE)
        if exchange is not None:
            exchange.transport.close()

    await asyncio.gather(*(one(number) for number in range(clients)))
    return ends


async def _patiently(done: asyncio.Future[str]) -> str:
    try:
        return await asyncio.wait_for(done, PATIENCE)
    except TimeoutError:
        return "left"


if __name__ == "__main__":
    what = load(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    if sys.argv[4] == "uvloop":
        import uvloop

        print(json.dumps(uvloop.run(what)))
    else:
        print(json.dumps(asyncio.run(what)))

"""A load of streams: so many at once, and how late their tokens are. Prints JSON.

Its own lateness is known from an ideal server, whose tokens are stamped when they are sent (`ideal`): what is told of a
server is the time between tokens against the time there should be between them.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from typing import Any

GAP = 0.05
TOKENS = 60
SPREAD = 1.0
"""Seconds over which the streams begin."""
BODY = json.dumps({"model": "m", "max_tokens": TOKENS, "stream": True,
                   "messages": [{"role": "user", "content": "Hello"}]}).encode()  # fmt: skip
REQUEST = (
    b"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: k\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(BODY), BODY)
)
MARK = b"event: content_block_delta"


class Stream(asyncio.Protocol):
    """One stream: when it was asked for, and when each token came."""

    def __init__(self, done: asyncio.Future[None]) -> None:
        self.times: list[float] = []
        self._done = done
        self._rest = b""

    def connection_made(self, transport: Any) -> None:
        self.asked = time.monotonic()
        transport.write(REQUEST)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        data = self._rest + data
        self.times += [now] * data.count(MARK)
        self._rest = data[-len(MARK) + 1 :]
        if data.endswith(b"0\r\n\r\n") and not self._done.done():
            self._transport.close()
            self._done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(ConnectionError("the stream broke"))


async def load(port: int, streams: int) -> dict[str, float]:
    """Lateness of gaps and time to first token, in milliseconds."""
    loop = asyncio.get_running_loop()
    made: list[Stream] = []

    async def one(k: int) -> None:
        await asyncio.sleep(SPREAD * k / streams)
        done = loop.create_future()
        _, stream = await loop.create_connection(lambda: Stream(done), "127.0.0.1", port)
        made.append(stream)
        await done

    await asyncio.gather(*(one(k) for k in range(streams)))
    late = sorted(max(0.0, t - stream.times[0] - k * GAP) for stream in made for k, t in enumerate(stream.times) if k)
    first = sorted(stream.times[0] - stream.asked - GAP for stream in made)
    return {"gap_p99": late[int(0.99 * len(late))] * 1e3, "gap_p50": late[len(late) // 2] * 1e3,
            "ttft_p99": first[int(0.99 * len(first))] * 1e3, "tokens": float(len(late))}  # fmt: skip


if __name__ == "__main__":
    gc.disable()
    if sys.argv[3] == "uvloop":
        import uvloop

        print(json.dumps(uvloop.run(load(int(sys.argv[1]), int(sys.argv[2])))))
    else:
        print(json.dumps(asyncio.run(load(int(sys.argv[1]), int(sys.argv[2])))))

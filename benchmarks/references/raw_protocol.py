"""The limit: an asyncio protocol that parses HTTP with httptools and answers orjson, and nothing besides.

`raw_protocol.py PORT LOOP [DELAY]`: with so many seconds between a request and its answer, by the loop's own timer.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import Any

import httptools
import orjson

GAP = 0.05
DELAY = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_1\r\ncontent-length: %d\r\n\r\n"
SSE = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
DELTA = (
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta",'
    b'"text":"word "}}\n\n'
)
CHUNK = b"%x\r\n%s\r\n" % (len(DELTA), DELTA)
CONTENT = [{"type": "text", "text": "The lamps went dim at nine and nobody in the"}]
USAGE = {"input_tokens": 10, "output_tokens": 10}


class Protocol(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: Any) -> None:
        self._transport, self._loop = transport, asyncio.get_running_loop()
        self._parser, self._body = httptools.HttpRequestParser(self), b""

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        asked, self._body = orjson.loads(self._body), b""
        if asked.get("stream"):
            self._transport.write(SSE)
            self._token(self._loop.time(), 1, asked["max_tokens"])
            return
        answer = orjson.dumps({"id": "msg_1", "type": "message", "model": asked["model"], "content": CONTENT,
                               "stop_reason": "end_turn", "usage": USAGE})  # fmt: skip
        whole = HEAD % len(answer) + answer
        if DELAY:
            self._loop.call_later(DELAY, self._transport.write, whole)
        else:
            self._transport.write(whole)

    def _token(self, began: float, k: int, last: int) -> None:
        if k > 1:
            self._transport.write(CHUNK)
        if k > last:
            self._transport.write(b"0\r\n\r\n")
        else:
            self._loop.call_at(began + k * GAP, partial(self._token, began, k + 1, last))


async def serve(port: int) -> None:
    """Listen until it is ended."""
    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[2] == "uvloop":
        import uvloop

        uvloop.run(serve(int(sys.argv[1])))
    else:
        asyncio.run(serve(int(sys.argv[1])))

"""The official SDK over a canned transport: what it makes of a sequence of answers, without sockets or waiting.

It runs here on the SDK that Brownout is tested with and, as a script, in the environment of an older one: a `Script` a
line comes in as JSON, what was `Seen` goes out. It imports the SDK and the standard library, nothing of ours.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import anthropic
import anthropic._base_client

sdk_internals: Any = anthropic._base_client
http: Any = getattr(sdk_internals, "httpx2", None) or sdk_internals.httpx
"""The HTTP library that the SDK stands on."""

ASK: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 16,
    "messages": [{"role": "user", "content": "Hello"}],
}
_USAGE = {"input_tokens": 1, "output_tokens": 1}
_MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": ASK["model"],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": _USAGE,
}
_STARTED = _MESSAGE | {"content": [], "stop_reason": None}
_ERROR = {"type": "error", "error": {"type": "api_error", "message": "canned"}}


def event(kind: str, **data: Any) -> bytes:
    """One server-sent event of a stream."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind} | data)}\n\n".encode()


PLAIN = json.dumps(_MESSAGE | {"content": [{"type": "text", "text": "Hello"}]}).encode()
ERROR = json.dumps(_ERROR).encode()
OPENING = (
    event("message_start", message=_STARTED)
    + event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    + event("content_block_delta", index=0, delta={"type": "text_delta", "text": "Hello"})
)
ENDINGS = {
    "whole": event("content_block_stop", index=0)
    + event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage=_USAGE)
    + event("message_stop"),
    "truncated": b"",
    "error": event("error", **_ERROR),
}


class Reply(NamedTuple):
    """What becomes of one HTTP request.

    `raises` names an exception of the HTTP library: in place of the headers where `status` is 0, else in the middle of
    the body. `ending` is a key of `ENDINGS`, for the stream that answers a streaming request well.
    """

    status: int
    headers: dict[str, str] = {}  # noqa: RUF012 - a default that nobody changes
    raises: str = ""
    ending: str = "whole"

    def content_type(self, stream: bool) -> str:
        """The kind of the body."""
        return "text/event-stream" if self.status == 200 and stream else "application/json"

    def body(self, stream: bool) -> tuple[bytes, bytes]:
        """The body, in two halves."""
        if self.status == 200 and stream:
            return OPENING, ENDINGS[self.ending]
        whole = PLAIN if self.status == 200 else ERROR
        return whole[:9], whole[9:]


class Script(NamedTuple):
    """One call, and what becomes of each of its attempts. `jitter[n]` is the draw for the wait after attempt n."""

    replies: list[Reply]
    max_retries: int
    stream: bool
    jitter: list[float]


class Seen(NamedTuple):
    """What one call came to. `is_complete`: the whole answer arrived; `raised` is `module.Name`, or ""."""

    attempts: int
    waits: list[float]
    raised: str
    is_complete: bool


class Facts(NamedTuple):
    """What an SDK is, and how it is set up by default. Times in seconds."""

    version: str
    timeouts: dict[str, float]
    connections: int
    idle: int
    expiry: float
    max_retries: int
    delays: list[float]
    """Before the first retry, and at most."""

    @classmethod
    def find(cls) -> Facts:
        """Those of the SDK installed here."""
        client = anthropic.AsyncAnthropic(api_key="k")
        pool = pool_of(client)
        return cls(
            anthropic.__version__,
            sdk_internals.DEFAULT_TIMEOUT.as_dict(),
            pool._max_connections,
            pool._max_keepalive_connections,
            pool._keepalive_expiry,
            client.max_retries,
            [sdk_internals.INITIAL_RETRY_DELAY, sdk_internals.MAX_RETRY_DELAY],
        )


def pool_of(client: Any) -> Any:
    """The connection pool of an SDK's client."""
    transport = client._client._transport
    return getattr(transport, "_inner", transport)._pool


class _Body(http.AsyncByteStream):  # type: ignore[misc]
    def __init__(self, reply: Reply, stream: bool) -> None:
        self._halves = reply.body(stream)
        self._raises = reply.raises

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._halves[0]
        if self._raises:
            raise getattr(http, self._raises)("canned")
        yield self._halves[1]


class CannedServer(http.AsyncBaseTransport):  # type: ignore[misc]
    """In place of a transport: it has the answers of the script at hand."""

    script: Script
    attempts = 0

    async def handle_async_request(self, request: Any) -> Any:
        reply = self.script.replies[self.attempts]
        self.attempts += 1
        if not reply.status:
            raise getattr(http, reply.raises)("canned")
        headers = {"content-type": reply.content_type(self.script.stream)} | reply.headers
        return http.Response(reply.status, headers=headers, stream=_Body(reply, self.script.stream))

    def slept(self, seconds: float) -> None:
        """No clock here."""


class Sdk:
    """A client of the SDK whose waits are noted instead of waited, and whose jitter is read from the script.

    `server` is told the script, counts the `attempts`, and hears of the waits.
    """

    def __init__(self, server: Any, client: Any) -> None:
        self._server = server
        self._client = client
        self.error: Exception | None = None
        """What the last call raised."""

    @classmethod
    def canned(cls) -> Sdk:
        """One that has its answers from a transport."""
        server = CannedServer()
        http_client = http.AsyncClient(transport=server)
        client = anthropic.AsyncAnthropic(api_key="k", base_url="http://fake", http_client=http_client)
        return cls(server, client)

    async def play(self, script: Script) -> Seen:
        """Make one call."""
        server, waits, is_complete = self._server, list[float](), False
        server.script, server.attempts, self.error = script, 0, None

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            server.slept(seconds)

        patched: dict[str, Any] = {
            "random": lambda: script.jitter[server.attempts - 1],
            "anyio": SimpleNamespace(sleep=sleep),
        }
        with patch.multiple(sdk_internals, **patched):
            try:
                is_complete = await self._call(script)
            except Exception as error:
                self.error = error
        return Seen(server.attempts, waits, name_of(self.error), is_complete)

    async def _call(self, script: Script) -> bool:
        messages = self._client.with_options(max_retries=script.max_retries).messages
        if not script.stream:
            await messages.create(**ASK)
            return True
        async with messages.stream(**ASK) as stream:
            return "message_stop" in [event.type async for event in stream]


def name_of(error: Exception | None) -> str:
    """A class as `Outcome.exception` has it."""
    return f"{type(error).__module__.partition('.')[0]}.{type(error).__name__}" if error else ""


def main() -> None:
    """Say which SDK this is, then answer each line with a line."""
    print(json.dumps(Facts.find()), flush=True)
    sdk = Sdk.canned()
    with asyncio.Runner() as runner:
        for line in sys.stdin:
            replies, max_retries, stream, jitter = json.loads(line)
            script = Script([Reply(*reply) for reply in replies], max_retries, stream, jitter)
            print(json.dumps(runner.run(sdk.play(script))), flush=True)


if __name__ == "__main__":
    main()

"""The port under TLS: certificates are shown, and every fault is what it is without."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anthropic
import pytest
import trustme

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.faults import FAULTS
from brownout.fakes.timeline import Phase
from brownout.fakes.wire.server import WireServer

from ...loops import on_loop
from .raw import request
from .serving import SCALE, fault_of, outcome, service, until

OPENINGS = ("unresolved", "tls_hangs", "tls_reset", "untrusted")
"""What has no meaning without TLS, or none on a real port."""
ASK: Any = {"model": "m", "max_tokens": 100, "messages": [{"role": "user", "content": "Hello"}]}
_CA = trustme.CA()


def served() -> ssl.SSLContext:
    """A server's context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _CA.issue_cert("127.0.0.1").configure_cert(context)
    return context


def trusting() -> ssl.SSLContext:
    """That of a client that trusts it."""
    context = ssl.create_default_context()
    _CA.configure_trust(context)
    return context


async def started(*faults: Any, tls: bool = True) -> WireServer:
    what = service(Phase(0.0, faults))
    server = WireServer(Endpoint(what, seed=1), scale=SCALE, tls=served() if tls else None)
    await server.start()
    server.begin()
    return server


class Secret:
    """A connection that shows what travels below TLS; Python's own sockets hide a RST."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._in, self._out = sock, ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = trusting().wrap_bio(self._in, self._out, server_hostname="127.0.0.1")
        self._until(self._tls.do_handshake)

    def send(self, data: bytes) -> None:
        self._until(lambda: self._tls.write(data))

    def receive(self) -> bytes:
        """Nothing after a goodbye. Raises `ConnectionResetError`, and `EOFError` for a FIN without one."""
        got: bytes = self._until(lambda: self._tls.read(65536))
        return got

    def _until(self, done: Callable[[], Any]) -> Any:
        while True:
            with suppress(ssl.SSLWantReadError):
                result = done()
                self._flush()
                return result
            self._flush()
            if not (data := self._sock.recv(65536)):
                raise EOFError
            self._in.write(data)

    def _flush(self) -> None:
        if data := self._out.read():
            self._sock.sendall(data)


def ends(port: int) -> tuple[bytes, str]:
    """What a client gets that asks for a stream, and how its connection ends."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        secret, got = Secret(sock), b""
        secret.send(request(stream=True))
        try:
            while piece := secret.receive():
                got += piece
        except (EOFError, ConnectionResetError) as error:
            return got, type(error).__name__
    return got, "goodbye"


@on_loop
async def test_a_reset_says_no_goodbye() -> None:
    """RST in the middle of a stream, not a word of TLS; an end by FIN comes after one."""
    for fault, expected in (
        (fault_of({"kind": "reset", "at": {"tokens": 3}}), "ConnectionResetError"),
        (fault_of({"kind": "close", "at": "before_end"}), "goodbye"),
    ):
        server = await started(fault)
        got, end = await asyncio.to_thread(ends, server.port)
        assert end == expected
        assert b"content_block_delta" in got
        assert b"message_stop" not in got
        await server.stop()


AT_A_PACE: dict[str, dict[str, Any]] = {
    "bandwidth": {"per_second": "1KiB"},
    "slow_first_token": {"by": "1s"},
    "slow_tokens": {"factor": 2},
    "trickle": {"bytes": 200, "every": "1s"},
}
"""Those that take their time: little of it."""


@pytest.mark.slow
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("kind", [kind for kind, fault in sorted(FAULTS.items()) if fault.opening not in OPENINGS])
@on_loop
async def test_a_fault_is_what_it_is_without(kind: str, stream: bool) -> None:
    """The SDK makes the same of it, and the endpoint has seen as many requests."""
    seen = [await _seen(kind, stream, tls) for tls in (False, True)]
    assert seen[0] == seen[1]


async def _seen(kind: str, stream: bool, tls: bool) -> tuple[str, int]:
    example = {key: value for key, value in FAULTS[kind].example.items() if key in ("kind", "at")}
    server = await started(fault_of({**example, **AT_A_PACE.get(kind, {})}), tls=tls)
    async with anthropic.AsyncAnthropic(
        base_url=server.url,
        api_key="none",
        max_retries=0,
        timeout=1.0,
        http_client=anthropic.DefaultAsyncHttpxClient(verify=trusting()),
    ) as sdk:
        end = await outcome(_call(sdk, stream))
    await server.stop()
    return type(end).__name__, len(server.endpoint.journal())


async def _call(sdk: anthropic.AsyncAnthropic, stream: bool) -> Any:
    if not stream:
        return await sdk.messages.create(**ASK)
    async with sdk.messages.stream(**ASK) as events:
        return await events.get_final_message()


@on_loop
async def test_who_does_not_trust_it_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    """And nothing is logged of it; others are served."""
    with caplog.at_level(logging.INFO):
        server = await started()
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection("127.0.0.1", server.port, ssl=ssl.create_default_context())
        await until(lambda: server.failed_handshakes == 1)
        _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=trusting())
        await until(lambda: server.connections)  # of a handshake the client sees the end first
        writer.transport.abort()
        await server.stop()
    assert not caplog.records
    assert server.failed_handshakes == 1


@on_loop
async def test_a_client_that_never_shakes_hands_holds_up_nothing() -> None:
    """The server stops at once, and the client's connection is closed."""
    server = await started()
    with socket.create_connection(("127.0.0.1", server.port)) as silent:
        silent.setblocking(False)
        _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=trusting())  # after the other
        await server.stop()
        assert await asyncio.get_running_loop().sock_recv(silent, 1) == b""
        writer.transport.abort()

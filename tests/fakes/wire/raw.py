"""An HTTP client that is a socket and nothing else, so that a test sees what really went over the wire."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple


class Response(NamedTuple):
    """One HTTP response as far as it has come."""

    status: str
    headers: dict[str, str]
    chunks: list[bytes]
    """The chunks of a chunked body, framing checked and removed; else what there is of the body, as one."""
    is_whole: bool
    after: bytes
    """What came behind it."""

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def events(self) -> list[tuple[str, Any]]:
        """(name, data) of each server-sent event. Raises `ValueError` unless every event is one chunk."""
        return [_event(chunk) for chunk in self.chunks]


def _event(chunk: bytes) -> tuple[str, Any]:
    lines = chunk.decode().split("\n")
    if len(lines) != 4 or lines[2:] != ["", ""]:
        raise ValueError(f"not one event: {chunk!r}")
    name, data = lines[0].removeprefix("event: "), lines[1].removeprefix("data: ")
    if [f"event: {name}", f"data: {data}"] != lines[:2]:
        raise ValueError(f"not an event with a name and data: {chunk!r}")
    return name, json.loads(data)


def parse(data: bytes) -> Response | None:
    """The first response in what has come, or None while its headers are not whole."""
    head, blank, rest = data.partition(b"\r\n\r\n")
    if not blank:
        return None
    status, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        assert name not in headers, f"sent twice: {name}"
        headers[name] = value
    if headers.get("transfer-encoding") == "chunked":
        return Response(status, headers, *_dechunked(rest))
    if "content-length" not in headers and headers.get("connection") == "close":
        return Response(status, headers, [rest], False, b"")  # to the end
    length = int(headers.get("content-length", "0"))
    return Response(status, headers, [rest[:length]], len(rest) >= length, rest[length:])


def _dechunked(data: bytes) -> tuple[list[bytes], bool, bytes]:
    chunks: list[bytes] = []
    while True:
        size, line_end, rest = data.partition(b"\r\n")
        if not line_end or len(rest) < int(size, 16) + 2:
            return chunks, False, data
        chunk, mark, data = rest[: int(size, 16)], rest[int(size, 16) :][:2], rest[int(size, 16) + 2 :]
        assert mark == b"\r\n", f"a chunk that does not end where it says: {chunk!r}"
        if not chunk:
            return chunks, True, data
        chunks.append(chunk)


class RawClient:
    """One connection. `data` is everything that came; `end` is `open`, `closed` (FIN) or `reset` (RST)."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.data = b""
        self.end = "open"

    @classmethod
    async def connect(cls, port: int, small: bool = False) -> RawClient:
        """Raises `ConnectionRefusedError` when nobody listens. `small`: the kernel takes no more than a little."""
        sock = socket.socket()
        if small:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        except BaseException:
            sock.close()
            raise
        return cls(sock)

    async def __aenter__(self) -> RawClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._sock.close()

    @property
    def port(self) -> int:
        """Its own."""
        return int(self._sock.getsockname()[1])

    def finish(self) -> None:
        """FIN: nothing more is sent, and what comes is read."""
        self._sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """RST, and the end."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._sock, data)

    async def receive(self) -> bool:
        """Wait for more bytes, or for the end; whether there can be more."""
        try:
            data = await asyncio.get_running_loop().sock_recv(self._sock, 65536)
        except ConnectionResetError:
            self.end = "reset"
            return False
        self.data += data
        if not data:
            self.end = "closed"
        return bool(data)

    async def until(self, seen: bytes) -> None:
        """Read until these bytes have come."""
        while seen not in self.data:
            assert await self.receive(), f"{self.end} before {seen!r}: {self.data!r}"

    async def answer(self) -> Response:
        """Read one whole response, and take it off `data`."""
        while (message := parse(self.data)) is None or not message.is_whole:
            assert await self.receive(), f"{self.end} in the middle of a response: {self.data!r}"
        self.data = message.after
        return message

    async def to_the_end(self) -> None:
        """Read until the server ends the connection."""
        while await self.receive():
            pass

    async def ask(self, stream: bool = False, **parts: Any) -> Response:
        """Send a request and read the whole response."""
        await self.send(request(stream, **parts))
        return await self.answer()


DEFAULT: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 1000,
    "messages": [{"role": "user", "content": "Hello"}],
}


def request(
    stream: bool = False,
    who: str | None = None,
    max_tokens: int = 1_000_000,
    headers: Mapping[str, str] | None = None,
    path: str = "/v1/messages",
    method: str = "POST",
    body: bytes | None = None,
) -> bytes:
    """The bytes of a request to the messages endpoint. A header given as "" is left out."""
    if body is None:
        body = json.dumps({**DEFAULT, "max_tokens": max_tokens, "stream": stream}).encode()
    fields = {"host": "fake", "x-api-key": "k", "content-length": str(len(body))} | dict(headers or {})
    if who is not None:
        fields["x-brownout-id"] = who
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body

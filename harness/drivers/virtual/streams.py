"""A connection in memory as httpcore and httpcore2 know one, for event loops and for blocking code.

Exceptions are those of the library, as its own streams map them.
"""

from __future__ import annotations

import asyncio
import ssl
from functools import partial
from typing import Any, NoReturn, TypeVar

from greenlet import getcurrent

from brownout.fakes.virtual.network import Network
from brownout.fakes.virtual.transport import MemorySocket

T = TypeVar("T")

_WRONG = {"expired": (10, "certificate has expired"), "self_signed": (18, "self-signed certificate")}
"""OpenSSL's number and words for a certificate that does not hold."""


def settle(future: asyncio.Future[T], result: T) -> bool:
    """Whether the future had to be told."""
    if future.done():
        return False
    future.set_result(result)
    return True


class _Stream:
    """What both kinds have in common: the socket, and how its errors are told."""

    def __init__(self, library: Any, network: Network, socket: MemorySocket) -> None:
        self._library = library
        self._network = network
        self._socket = socket

    def get_extra_info(self, info: str) -> Any:
        return self._socket.is_readable if info == "is_readable" else None

    def _recv(self, most: int) -> bytes | None:
        try:
            return self._socket.recv(most)
        except OSError as error:
            raise self._library.ReadError(str(error)) from error

    def _send(self, data: bytes) -> int:
        try:
            return self._socket.send(data)
        except OSError as error:
            raise self._library.WriteError(str(error)) from error

    def _hangs(self, context: ssl.SSLContext, name: str | None) -> bool:
        """Whether the handshake is waited for. Raises what ends it at once."""
        is_checked = context.verify_mode is not ssl.CERT_NONE
        if self._socket.tls == "wrong_host":
            is_checked = context.check_hostname
        match self._socket.shake_hands(is_checked):
            case "works":
                return False
            case "fails":
                self._tls_failed()
            case "reset":
                self._broken(ConnectionResetError("Connection reset by peer"))
            case "wrong_host":
                self._untrusted(62, f"Hostname mismatch, certificate is not valid for '{name}'.")
            case "expired" | "self_signed" as why:
                self._untrusted(*_WRONG[why])
        return True

    def _untrusted(self, code: int, message: str) -> NoReturn:
        error = ssl.SSLCertVerificationError(
            1, f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {message}"
        )
        error.verify_code, error.verify_message = code, message
        self._broken(error)

    def _tls_failed(self) -> NoReturn:
        self._broken(ssl.SSLError(1, "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] the server ended the handshake"))

    def _broken(self, error: OSError) -> NoReturn:
        self._socket.close()
        raise self._library.ConnectError(str(error)) from error

    def _tls_is_over(self, is_told: bool) -> NoReturn:
        """`is_told`: the server ended it."""
        if is_told:
            self._tls_failed()
        self._socket.close()
        raise self._library.ConnectTimeout


class AsyncMemoryStream(_Stream):
    """For an event loop."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while (data := self._recv(max_bytes)) is None:
            if not await self._wait("on_readable", timeout):
                raise self._library.ReadTimeout
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        while buffer:
            sent = self._send(buffer)
            buffer = buffer[sent:]
            if buffer and not await self._wait("on_writable", timeout):
                raise self._library.WriteTimeout

    async def aclose(self) -> None:
        self._socket.close()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AsyncMemoryStream:
        if self._hangs(ssl_context, server_hostname):
            self._tls_is_over(await self._handshake(timeout))
        return self

    async def _handshake(self, timeout: float | None) -> bool:
        try:
            return self._socket.is_readable or await self._wait("on_readable", timeout)
        except BaseException:
            self._socket.close()
            raise

    async def _wait(self, what: str, timeout: float | None) -> bool:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        setattr(self._socket, what, partial(settle, future, True))
        limit = None if timeout is None else self._network.hub.call_later(timeout, settle, future, False)
        try:
            return await future
        finally:
            setattr(self._socket, what, None)
            if limit is not None:
                limit.cancel()


class MemoryStream(_Stream):
    """For blocking code: who waits lets the other strands go on."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while (data := self._recv(max_bytes)) is None:
            if not self._wait("on_readable", timeout, "an answer"):
                raise self._library.ReadTimeout
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        while buffer:
            sent = self._send(buffer)
            buffer = buffer[sent:]
            if buffer and not self._wait("on_writable", timeout, "the server to read"):
                raise self._library.WriteTimeout

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> MemoryStream:
        if self._hangs(ssl_context, server_hostname):
            self._tls_is_over(self._handshake(timeout))
        return self

    def _handshake(self, timeout: float | None) -> bool:
        try:
            return self._socket.is_readable or self._wait("on_readable", timeout, "TLS")
        except BaseException:
            self._socket.close()
            raise

    def _wait(self, what: str, timeout: float | None, why: str) -> bool:
        hub, strand = self._network.hub, getcurrent()
        setattr(self._socket, what, lambda: hub.wake(strand))
        try:
            return hub.park(timeout, why)
        finally:
            setattr(self._socket, what, None)

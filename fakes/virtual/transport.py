"""The two ends of a connection in memory. Bytes arrive in the instant in which they are sent; latency is the plan's.

What was sent before a FIN or a RST is read first. Whoever writes faster than the other end reads has to wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Literal

from ..tcp import HELD
from .hub import Hub

ROOM = HELD
_HIGH, _LOW = 1 << 16, 1 << 14
"""Bytes not yet read at which a server is told to pause, and to go on: asyncio's own marks."""

End = Literal["", "closed", "reset"]
Tls = Literal["works", "fails", "hangs", "reset", "expired", "self_signed", "wrong_host"]
"""What becomes of whoever wants to speak TLS; the last three are what is wrong with the certificate."""


class _Bytes:
    """What was sent one way and not yet read."""

    __slots__ = ("_chunks", "size")

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self.size = 0

    def put(self, data: bytes) -> None:
        self._chunks.append(data)
        self.size += len(data)

    def take(self, most: int) -> bytes:
        chunks = self._chunks
        data = chunks.popleft()
        if len(data) > most:
            chunks.appendleft(data[most:])
            data = data[:most]
        self.size -= len(data)
        return data

    def take_all(self) -> bytes:
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self.clear()
        return data

    def clear(self) -> None:
        self._chunks.clear()
        self.size = 0


class MemorySocket:
    """The client's end. Never waits: `on_readable` and `on_writable` are called once, when it is worth another try."""

    __slots__ = ("_end", "_hub", "_inbox", "_is_closed", "_on_tls", "on_readable", "on_writable", "peer", "tls")

    peer: MemoryTransport

    def __init__(self, hub: Hub, tls: Tls = "works", on_tls: Callable[[], object] = lambda: None) -> None:
        """`on_tls`: told when a client has met what `tls` says."""
        self._hub = hub
        self.tls: Tls = tls
        self._on_tls = on_tls
        self._inbox = _Bytes()
        self._end: End = ""
        self._is_closed = False
        self.on_readable: Callable[[], object] | None = None
        self.on_writable: Callable[[], object] | None = None

    # -- for the client

    def recv(self, most: int) -> bytes | None:
        """What has come; nothing at the end; None if it is not known yet. Raises `OSError`."""
        if self._is_closed:
            raise OSError("the socket is closed")
        if self._inbox.size:
            data = self._inbox.take(most)
            self.peer.was_read(self._inbox.size)
            return data
        if self._end == "reset":
            raise ConnectionResetError("Connection reset by peer")
        return b"" if self._end else None

    def send(self, data: bytes) -> int:
        """How much of it could be sent. Raises `OSError`."""
        if self._is_closed or self._end == "reset":
            raise BrokenPipeError("Broken pipe")
        return self.peer.take_in(data)

    def shake_hands(self, is_checked: bool) -> Tls:
        """What becomes of it; `is_checked`: whether the certificate is."""
        if self._end == "reset":
            return "reset"
        if self.tls == "works" or (self.tls in ("expired", "self_signed", "wrong_host") and not is_checked):
            self.peer.speaks_tls = True
            return "works"
        self._on_tls()
        if self.tls == "reset":
            self.peer.reset()
        return self.tls

    def shutdown(self) -> None:
        """Send FIN, and go on reading."""
        self.peer.client_finished()

    def close(self) -> None:
        """Close it for good. Idempotent."""
        if not self._is_closed:
            self._is_closed = True
            self._notify_reader()  # whoever still waits hears that there is nothing to wait for
            self.has_room()
            self.peer.client_left()

    @property
    def unread(self) -> int:
        """Bytes that have come and were not read."""
        return self._inbox.size

    @property
    def is_readable(self) -> bool:
        """As the kernel would say: there is something to read, if only the end."""
        return bool(self._inbox.size or self._end or self._is_closed)

    # -- for the server's end

    def feed(self, data: bytes) -> int:
        """Bytes come; how many are not read now."""
        if not self._is_closed:
            self._inbox.put(data)
            self._notify_reader()
        return self._inbox.size

    def ended(self, how: End) -> None:
        """A FIN, or a RST, comes."""
        self._end = how
        self._notify_reader()
        self.has_room()

    def has_room(self) -> None:
        """The other end has read."""
        callback, self.on_writable = self.on_writable, None
        if callback is not None:
            callback()

    def _notify_reader(self) -> None:
        callback, self.on_readable = self.on_readable, None
        if callback is not None:
            callback()


class MemoryTransport(asyncio.Transport):
    """The server's end, as asyncio's protocols know it."""

    def __init__(self, hub: Hub, protocol: asyncio.Protocol, client: MemorySocket) -> None:
        super().__init__({"peername": ("memory", 0), "sockname": ("memory", 0)})
        self._hub = hub
        self._protocol = protocol
        self._client = client
        self.speaks_tls = False
        self._room = ROOM
        self._inbox = _Bytes()
        self._is_closing = self._is_lost = self._is_paused = self._is_due = False
        self._has_finished = self._has_client_finished = self._is_told_to_pause = self._is_told_the_end = False

    # -- for the server

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._has_finished:
            raise RuntimeError("Cannot call write() after write_eof()")
        if self._is_closing or not data:
            return
        unread = self._client.feed(bytes(data))
        if unread > _HIGH and not self._is_told_to_pause:
            self._is_told_to_pause = True
            self._protocol.pause_writing()

    def close(self) -> None:
        """FIN, behind what was written."""
        self._finish("closed")

    def abort(self) -> None:
        self._finish("closed")

    def reset(self) -> None:
        """RST."""
        self._finish("reset")

    def is_closing(self) -> bool:
        return self._is_closing

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if not self._is_closing and not self._has_finished:
            self._has_finished = True
            self._client.ended("closed")

    def pause_reading(self) -> None:
        self._is_paused = True

    def resume_reading(self) -> None:
        self._is_paused = False
        self._deliver_soon()

    def stop_reading(self, came: int) -> None:
        """For ever; so many bytes of those that there is room for have come already."""
        self._is_paused, self._room = True, max(0, ROOM - came)

    def is_reading(self) -> bool:
        return not (self._is_paused or self._is_closing)

    def get_write_buffer_size(self) -> int:
        return 0

    def _finish(self, how: End) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._inbox.clear()
            self._client.ended(how)
            self._lose_soon()

    # -- for the client's end

    def take_in(self, data: bytes) -> int:
        """Bytes come; how many there is room for."""
        if self._has_client_finished:
            raise BrokenPipeError("Broken pipe")
        if self._is_closing:
            return len(data)  # a kernel takes what nobody will read
        room = self._room - self._inbox.size
        if room <= 0:
            return 0
        data = bytes(data) if len(data) <= room else bytes(data[:room])
        self._inbox.put(data)
        self._deliver_soon()
        return len(data)

    def was_read(self, unread: int) -> None:
        """The client has read."""
        if self._is_told_to_pause and unread <= _LOW:
            self._hub.call_soon(self._go_on_writing)

    def client_finished(self) -> None:
        """A FIN has come."""
        if not self._has_client_finished:
            self._has_client_finished = True
            self._deliver_soon()

    def client_left(self) -> None:
        """The client's end is closed."""
        if not self._is_closing:
            self._is_closing = True
            self._lose_soon()

    # -- in turns of their own, as an event loop would

    def _deliver_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._hub.call_soon(self._deliver)

    def _deliver(self) -> None:
        self._is_due = False
        if not self.is_reading():
            return
        if self._inbox.size:
            data = self._inbox.take_all()
            self._client.has_room()
            self._protocol.data_received(data)
        if self._has_client_finished and not self._is_told_the_end and not self._is_closing:
            self._is_told_the_end = True
            if not self._protocol.eof_received():
                self.close()

    def _go_on_writing(self) -> None:
        if self._is_told_to_pause and self._client.unread <= _LOW and not self._is_closing:
            self._is_told_to_pause = False
            self._protocol.resume_writing()

    def _lose_soon(self) -> None:
        self._hub.call_soon(self._lose)

    def _lose(self) -> None:
        if not self._is_lost:
            self._is_lost = True
            if self._inbox.size and not self._is_paused:  # sent just before the client left
                self._protocol.data_received(self._inbox.take_all())
            self._protocol.connection_lost(None)

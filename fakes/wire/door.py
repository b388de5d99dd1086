"""The port as the network sees it: open, shut (connections are refused) or dark (SYNs vanish)."""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

_BACKLOG = 4096
_PAUSE = 0.1
"""Seconds until one that could not accept tries again."""
_MOST_FILLERS = 512
"""Connections of our own with which a queue is filled. Linux needs two."""
_GOODBYE = 1.0
"""Seconds in which a client may answer that TLS is over, before the connection is closed all the same."""


class Door:
    """A loopback port that can refuse connections or ignore them, and be opened again. It starts shut.

    Dark means that the socket listens with the shortest queue there is, that connections of our own fill it, and that
    nobody takes them out: the kernel then drops every SYN that comes. What is open already is served all along.
    """

    def __init__(
        self,
        host: str,
        port: int,
        connection: Callable[[], asyncio.Protocol],
        tls: ssl.SSLContext | None = None,
        is_full: Callable[[int], bool] = lambda arriving: False,
    ) -> None:
        """`is_full`: whether nobody else can be served, while so many are arriving; whoever comes then is shown out."""
        # Bound but never listening: while the door is shut the port stays ours, and a client that connects to it
        # again and again cannot be given the very same port as its own and end up talking to itself.
        self._guard = _bound(host, port)
        self.host, self.port = host, int(self._guard.getsockname()[1])
        self._connection, self._tls, self._is_full = connection, tls, is_full
        self.failed_handshakes = 0
        """How many clients have broken off their handshake, as those do that do not trust our certificate."""
        self._listening: socket.socket | None = None
        self._dark: socket.socket | None = None
        self._fillers: list[socket.socket] = []
        self._arriving: dict[asyncio.Task[None], socket.socket] = {}

    @property
    def is_open(self) -> bool:
        return self._listening is not None

    @property
    def is_dark(self) -> bool:
        return self._dark is not None

    def open(self) -> None:
        """Listen, in the event loop that runs."""
        if self._listening is None:
            # The dark socket itself begins to serve: another one would leave a moment in which SYNs are refused.
            self._listening = self._lit() or _bound(self.host, self.port)
            self._listening.listen(_BACKLOG)
            self._accept(self._listening)

    def shut(self) -> None:
        """Refuse from now on."""
        for sock in (self._deaf(), self._lit()):
            if sock is not None:
                sock.close()

    def darken(self) -> None:
        """Ignore from now on."""
        if self._dark is None:
            dark = self._deaf()
            if dark is None:
                dark = _bound(self.host, self.port)
            else:
                self._take_in(dark)  # whoever is in its queue has got in already
            dark.listen(0)
            self._dark = dark
            self._fill()

    def close(self) -> None:
        """Shut it for good, and give the port back. Handshakes that are under way come to nothing."""
        self.shut()
        self._guard.close()
        if self._tls is not None:
            for accepted in self._arriving.values():
                with suppress(OSError):  # it may be gone already
                    accepted.shutdown(socket.SHUT_RDWR)

    async def settled(self) -> None:
        """Wait until everybody who was accepted has arrived, or has not."""
        if self._arriving:
            await asyncio.wait(self._arriving)

    # asyncio's own servers lose, unclosed, whomever they accepted in the turn before they are closed.

    def _accept(self, listening: socket.socket) -> None:
        if listening is self._listening:  # else it is too late for that
            asyncio.get_running_loop().add_reader(listening, self._take_in, listening)

    def _take_in(self, listening: socket.socket) -> None:
        """Accept all who are in the queue."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:  # as a rule the process has no file descriptor left: others may close some
                loop.remove_reader(listening)
                loop.call_later(_PAUSE, self._accept, listening)
                return
            if self._is_full(len(self._arriving)):
                accepted.close()
                continue
            accepted.setblocking(False)
            task = loop.create_task(self._attach(accepted))
            self._arriving[task] = accepted
            task.add_done_callback(self._arriving.pop)

    async def _attach(self, accepted: socket.socket) -> None:
        goodbye = None if self._tls is None else _GOODBYE
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._connection, accepted, ssl=self._tls, ssl_shutdown_timeout=goodbye
            )
        except OSError:  # of a handshake: without one, nothing can go wrong here
            self.failed_handshakes += 1

    def _deaf(self) -> socket.socket | None:
        """The socket that listens, no longer listened to; None when there is none."""
        listening, self._listening = self._listening, None
        if listening is not None:
            asyncio.get_running_loop().remove_reader(listening)
        return listening

    def _fill(self) -> None:
        """Connect until a connection does not come up at once. That one stays: the kernel may only have been late."""
        for _ in range(_MOST_FILLERS):
            filler = socket.socket(self._guard.family, socket.SOCK_STREAM)
            filler.setblocking(False)
            filler.connect_ex((self.host, self.port))
            self._fillers.append(filler)
            poll = select.poll()
            poll.register(filler, select.POLLOUT)
            if not poll.poll(0):
                return

    def _lit(self) -> socket.socket | None:
        """The dark socket with an empty queue, no longer dark; None when it was not."""
        dark, self._dark = self._dark, None
        for filler in self._fillers:
            filler.close()
        for _ in range(len(self._fillers) if dark is not None else 0):
            try:
                dark.accept()[0].close()  # type: ignore[union-attr]
            except OSError:
                break
        self._fillers.clear()
        return dark


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named for asyncio, which otherwise leaves Nagle's algorithm on for those accepted: the second of
    # two small writes would wait for the client's delayed acknowledgement of the first, 40 ms on Linux.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock

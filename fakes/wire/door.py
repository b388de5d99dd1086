"""The port as the network sees it: open, shut (connections are refused) or dark (SYNs vanish)."""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Callable, Coroutine
from typing import Any

_BACKLOG = 4096
_MOST_FILLERS = 512
"""Connections of our own with which a queue is filled. Linux needs two."""


class Door:
    """A loopback port that can refuse connections or ignore them, and be opened again. It starts shut.

    Dark means that the socket listens with the shortest queue there is, that connections of our own fill it, and that
    nobody takes them out: the kernel then drops every SYN that comes. What is open already is served all along.
    """

    def __init__(self, host: str, port: int, connection: Callable[[], asyncio.Protocol]) -> None:
        # Bound but never listening: while the door is shut the port stays ours, and a client that connects to it
        # again and again cannot be given the very same port as its own and end up talking to itself.
        self._guard = _bound(host, port)
        self.host, self.port = host, int(self._guard.getsockname()[1])
        self._connection = connection
        self._wants_open = False
        self._listening: asyncio.Server | None = None
        self._dark: socket.socket | None = None
        self._fillers: list[socket.socket] = []
        self._arriving: set[asyncio.Task[object]] = set()

    @property
    def is_dark(self) -> bool:
        return self._dark is not None and not self._wants_open

    def open(self) -> Coroutine[Any, Any, None]:
        """Listen, once what is returned runs; unless the door is to be shut or dark again by then."""
        self._wants_open = True
        return self._listen()

    async def _listen(self) -> None:
        # A machine that was busy may begin several phases at once: what counts is the last one's wish.
        if self._listening is None and self._wants_open:
            # The dark socket itself begins to serve: another one would leave a moment in which SYNs are refused.
            sock = self._lit() or _bound(self.host, self.port)
            self._listening = await asyncio.get_running_loop().create_server(
                self._connection, sock=sock, backlog=_BACKLOG, start_serving=False
            )
            await self._listening.start_serving()

    def shut(self) -> None:
        """Refuse from now on."""
        self._wants_open = False
        self._stop_listening()
        if (dark := self._lit()) is not None:
            dark.close()

    def darken(self) -> None:
        """Ignore from now on."""
        self._wants_open = False
        if self._dark is not None:
            return
        if self._listening is not None:
            dark = self._listening.sockets[0].dup()  # outlives the server, and so do those in its queue
            dark.setblocking(False)
            self._stop_listening()
            self._take_in(dark)
        else:
            dark = _bound(self.host, self.port)
        dark.listen(0)
        self._dark = dark
        self._fill()

    def close(self) -> None:
        """Shut it for good, and give the port back."""
        self.shut()
        self._guard.close()

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    def _take_in(self, listening: socket.socket) -> None:
        """Accept whoever has got in already: closed with the queue, they would be reset."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = listening.accept()
            except OSError:
                return
            accepted.setblocking(False)
            task = loop.create_task(_attach(self._connection, accepted))
            self._arriving.add(task)
            task.add_done_callback(self._arriving.discard)

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


async def _attach(connection: Callable[[], asyncio.Protocol], accepted: socket.socket) -> None:
    await asyncio.get_running_loop().connect_accepted_socket(connection, accepted)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock

"""The port as the network sees it: open, shut (connections are refused) or dark (SYNs vanish)."""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from .greeting import LET_IN, Greeting, turn_away

_BACKLOG = 4096
_PAUSE = 0.1
"""Seconds until one that could not accept tries again."""
_MOST_FILLERS = 512
"""Connections of our own with which a queue is filled. Linux needs two."""
_NARROW = {socket.SO_RCVBUF: 4096}, {"TCP_MAXSEG": 1460}
"""What makes buffers small, the client's too: by the size of segments that is asked of it, it makes its own as for a
real network. Options of sockets, and of TCP where the system knows them."""
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
        greet: Callable[[], Greeting] = lambda: LET_IN,
        is_full: Callable[[int], bool] = lambda arriving: False,
    ) -> None:
        """`greet` is asked about each who is accepted; `is_full`: whether nobody else can be served, while so many are
        arriving. Whoever comes then is shown out."""
        # Bound but never listening: while the door is shut the port stays ours, and a client that connects to it
        # again and again cannot be given the very same port as its own and end up talking to itself.
        self._guard = _bound(host, port)
        self.host, self.port = host, int(self._guard.getsockname()[1])
        self._connection, self._tls = connection, tls
        self._greet, self._is_full = greet, is_full
        self._is_narrow = False
        self.failed_handshakes = 0
        """How many clients have broken off their handshake, as those do that do not trust our certificate."""
        self._listening: socket.socket | None = None
        self._dark: socket.socket | None = None
        self._fillers: list[socket.socket] = []
        self._arriving: dict[asyncio.Task[None], socket.socket | None] = {}
        """With those who may take their time."""

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
            self._listening = self._lit() or self._new()
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
                dark = self._new()
            else:
                self._take_in(dark)  # whoever is in its queue has got in already
            dark.listen(0)
            self._dark = dark
            self._fill()

    def close(self) -> None:
        """Shut it for good, and give the port back. Handshakes that are under way come to nothing."""
        self.shut()
        self._guard.close()
        self.send_away()

    def send_away(self) -> None:
        """Those who were accepted, and have not come further, get no further."""
        for accepted in self._arriving.values():
            if accepted is not None:
                with suppress(OSError):  # it may be gone already
                    accepted.shutdown(socket.SHUT_RDWR)

    def narrow(self) -> None:
        """From now on little is taken from those who come that is not read."""
        self._is_narrow = True
        for sock in (self._listening, self._dark):
            if sock is not None:
                _make_narrow(sock)

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
            greeting = self._greet()
            task = loop.create_task(self._attach(accepted, greeting))
            self._arriving[task] = None if self._tls is None and greeting.opening is None else accepted
            task.add_done_callback(self._arriving.pop)

    async def _attach(self, accepted: socket.socket, greeting: Greeting) -> None:
        if greeting.opening is not None and greeting.context is None:
            await turn_away(accepted, greeting)
            return
        goodbye = None if self._tls is None else _GOODBYE
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._connection, accepted, ssl=greeting.context or self._tls, ssl_shutdown_timeout=goodbye
            )
        except OSError:  # of a handshake: without one, nothing can go wrong here
            if greeting.opening is None:
                self.failed_handshakes += 1
            else:
                greeting.met()

    def _new(self) -> socket.socket:
        sock = _bound(self.host, self.port)
        if self._is_narrow:
            _make_narrow(sock)
        return sock

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


def _make_narrow(sock: socket.socket) -> None:
    of_sockets, of_tcp = _NARROW
    for option, size in of_sockets.items():
        sock.setsockopt(socket.SOL_SOCKET, option, size)
    for name, size in of_tcp.items():
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), size)


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

"""A client that has sent FIN: it may have closed its socket, or only its writing side; packets do not tell which."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

_SOON, _LATE = 0.01, 5.0
"""Seconds to the second look, which is for clients on other machines, and between those that come at last."""


class Leaving:
    """One such client. To a byte that it has no socket for its kernel answers RST; one that still reads never sees it,
    as it is sent as urgent data, which stands beside the stream."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def is_there(self) -> bool:
        """Whether it seems to be. If it turns out that it is not, its connection is aborted."""
        if self._is_gone():
            return False
        self._look_again(_SOON)
        return True

    def _look_again(self, delay: float) -> None:
        asyncio.get_running_loop().call_later(delay, self._look, delay)

    def _look(self, delay: float) -> None:
        if self._transport.is_closing():
            return
        if self._is_gone():
            self._transport.abort()
        else:
            self._look_again(min(2 * delay, _LATE))

    def _is_gone(self) -> bool:
        """On one machine the answer is here as soon as the byte is sent."""
        known: Any = self._transport.get_extra_info("socket")
        try:
            sock = socket.fromfd(known.fileno(), known.family, known.type)  # uvloop's own cannot send
        except OSError:  # no file is left, and some other look will tell
            return False
        with sock:
            try:
                sock.send(b"\n", socket.MSG_OOB)
            except BlockingIOError:  # there is much that it has not read: that goes on, or fails by itself
                return False
            except OSError:
                return True
            return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0

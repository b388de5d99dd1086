"""What becomes of whoever is accepted, and of those whom a fault has meant it for. Nobody of them is known yet."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass

from ..faults.base import Opening

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""For `SO_LINGER`."""
_HURRY, _ROUND_TRIP = 0.05, 0.02
"""Seconds after which somebody who has said nothing is reset all the same, and those until the RST for others gets
there, over a network that has a length."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What it is to be."""

    opening: Opening | None = None
    """None: he is let in."""
    context: ssl.SSLContext | None = None
    """With the certificate that he is shown, if it is another."""
    met: Callable[[], object] = lambda: None
    """To be called once he has met a fault of TLS."""


LET_IN = Greeting()


async def turn_away(accepted: socket.socket, greeting: Greeting) -> None:
    """Do to the connection what the greeting says, to its end."""
    try:
        match greeting.opening:
            case "reset":
                # A RST that left at once would meet some as they connect, or as they send, on loopback alone.
                if await _has_spoken(accepted, _HURRY):
                    await asyncio.sleep(_ROUND_TRIP)
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            case "tls_reset":
                if await _has_spoken(accepted):
                    greeting.met()
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            case _:
                if await _has_spoken(accepted):
                    greeting.met()
                await _until_gone(accepted)
    finally:
        accepted.close()


async def _has_spoken(accepted: socket.socket, limit: float | None = None) -> bool:
    """Wait for his first word, which is not read; False if he has left, or kept silent so long."""
    loop = asyncio.get_running_loop()
    came: asyncio.Future[None] = loop.create_future()
    loop.add_reader(accepted, lambda: None if came.done() else came.set_result(None))
    try:
        await asyncio.wait({came}, timeout=limit)
    finally:
        loop.remove_reader(accepted)
    try:
        return came.done() and bool(accepted.recv(1, socket.MSG_PEEK))
    except OSError:
        return False


async def _until_gone(accepted: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    try:
        while await loop.sock_recv(accepted, 65536):
            pass
    except OSError:
        pass

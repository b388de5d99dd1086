"""Requests that belong to no call."""

from __future__ import annotations

from brownout.fakes.http.server import Server

from ...program import Program
from ...scoring import Unplayable


def check_known(program: Program, server: Server) -> None:
    """Raise `Unplayable` if the fake was sent requests that no call has sent, as far as can be seen."""
    if server.register.count:
        raise Unplayable(
            f"{program.name}: {server.register.count} requests came outside of any call, or by another library than "
            "httpx, httpx2 and what stands on them; a program of any other kind can be played by --client-command"
        )

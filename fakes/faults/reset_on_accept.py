"""Whoever connects is accepted and thrown out: a load balancer with nobody behind it, a full table of connections."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import Plan
from .base import Fault, Opening


class ResetOnAccept(Fault):
    """A new connection is accepted and reset, before a byte is read. Those that are open are not affected."""

    kind: Literal["reset_on_accept"] = "reset_on_accept"
    at: Literal["arrival"] = "arrival"
    example: ClassVar[dict[str, Any]] = {"kind": "reset_on_accept", "share": "20%"}
    fidelity: ClassVar[dict[str, str]] = {
        "wire": "faithful; the RST leaves 20 ms of the wall clock after the client has begun to send, or 50 ms after "
        "it has connected: over a real network, too, it comes while the client waits; a share is drawn by the number "
        "of the connection; a `where`, or a draw per call or client, is approximated: its first request is read before "
        "it is reset",
        "virtual": "faithful where it is known whose connection it is, as in `run` and `compare`; else as on the wire",
        "sim": "faithful",
    }
    on_connect: ClassVar[bool] = True
    opening: ClassVar[Opening | None] = "reset"

    def instead(self, rest: Plan) -> None:
        return None

"""Packets vanish: nobody is told anything, on either side."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import RELEASE, Plan, Stall
from .base import Fault, Opening


class Blackhole(Fault):
    """A new connection is never established, and a request on one that is open already is never answered. The client
    meets its connect timeout, or its read timeout. A phase that `hits` what is in flight silences it for ever; idle
    connections that it hits look alive, and swallow the first request sent on them, even if the phase is over by
    then. A connection still being opened when the phase ends comes up with the next SYN that TCP sends."""

    kind: Literal["blackhole"] = "blackhole"
    at: Literal["arrival"] = "arrival"
    example: ClassVar[dict[str, Any]] = {"kind": "blackhole"}
    fidelity: ClassVar[dict[str, str]] = {
        "wire": "on Linux faithful for every connection (the port's queue is full, so that the kernel drops each SYN), "
        "but SYNs are sent again in seconds of the wall clock, whatever the time scale; a share of connections, or a "
        "`where`, is approximated: the connection is accepted and its first request never answered, so that the "
        "client meets its read timeout",
        "virtual": "faithful where it is known whose connection it is, as in `run` and `compare`, else as on the wire; "
        "SYNs as in the simulator",
        "sim": "faithful; SYNs are sent again as by Linux since 6.5: after 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s",
    }
    on_connect: ClassVar[bool] = True
    opening: ClassVar[Opening | None] = "lost"
    hits_idle: ClassVar[bool] = True
    swallows: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan:
        return (RELEASE, Stall())

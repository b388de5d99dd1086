"""A middlebox has forgotten the connection: packets vanish, and neither side is told."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..moments import AfterTokens, Moment
from ..plan import ADMIT, RELEASE, Plan, Stall, Vanish
from .base import Fault


class NatDeath(Fault):
    """From the moment given nothing comes through on this connection, either way; others are not affected. The service
    goes on as if it were heard, and holds its slot to the end: that the client leaves does not reach it. Idle
    connections that a phase `hits` look alive, and swallow the first request sent on them."""

    kind: Literal["nat_death"] = "nat_death"
    at: Moment = AfterTokens(tokens=3)
    example: ClassVar[dict[str, Any]] = {"kind": "nat_death", "at": {"tokens": 3}, "share": "5%"}
    fidelity: ClassVar[dict[str, str]] = {
        "wire": "approximated: packets come through, and are taken and not answered, so that what the client sends is "
        "acknowledged; it can tell no difference before minutes of TCP's own retransmission are over",
        "virtual": "faithful",
        "sim": "faithful",
    }
    hits_idle: ClassVar[bool] = True
    swallows: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan:
        if ADMIT in rest:  # it does not even arrive
            return (Vanish(), RELEASE, Stall())
        return (Vanish(), *rest)

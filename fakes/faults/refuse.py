"""Nobody listens: the connection is refused before a byte is sent."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import RESET, Plan
from .base import Fault, Opening


class Refuse(Fault):
    """A new connection is refused. A request on a connection that is already open is not affected, unless the
    phase `hits` what is idle or in flight: those connections are reset."""

    kind: Literal["refuse"] = "refuse"
    example: ClassVar[dict[str, Any]] = {"kind": "refuse"}
    fidelity: ClassVar[dict[str, str]] = {
        "wire": "faithful for every connection (the port stops listening); a share of them, or a `where`, is "
        "approximated: the connection is accepted and reset once its first request has arrived, half a round trip "
        "later: the client's library says `ReadError` for `ConnectError`, and the SDK tries again as often",
        "virtual": "faithful where it is known whose connection it is, as in `run` and `compare`; else as on the wire",
        "sim": "faithful",
    }
    on_connect: ClassVar[bool] = True
    opening: ClassVar[Opening | None] = "refused"
    hits_idle: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan:
        return (RESET,)

"""TLS is answered with a RST: a firewall that does not like the name in the handshake, a port that speaks no TLS."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import Plan
from .base import Fault, Opening
from .tls_stall import TlsStall


class TlsReset(Fault):
    """A new connection is accepted, and reset in answer to the client's first word of TLS. Connections that are open
    are not affected."""

    kind: Literal["tls_reset"] = "tls_reset"
    at: Literal["arrival"] = "arrival"
    example: ClassVar[dict[str, Any]] = {"kind": "tls_reset", "share": "20%"}
    fidelity: ClassVar[dict[str, str]] = {
        "wire": "faithful, where TLS is spoken: by `run` and `compare` if any phase has a fault of TLS, by `serve` "
        "with `--tls`; a share is drawn by the number of the connection; a `where`, or a draw per call or client, is "
        "approximated: the connection is reset once its first request has arrived",
        "virtual": TlsStall.fidelity["virtual"],
        "sim": "faithful",
    }
    on_connect: ClassVar[bool] = True
    opening: ClassVar[Opening | None] = "tls_reset"

    def instead(self, rest: Plan) -> None:
        return None

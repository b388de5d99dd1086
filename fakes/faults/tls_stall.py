"""The handshake of TLS never goes on: a middlebox that swallows large packets, a terminator out of breath."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import Plan
from .base import Fault, Opening


class TlsStall(Fault):
    """A new connection is accepted, and the client's first word of TLS never answered, so that it meets its connect
    timeout. Connections that are open are not affected."""

    kind: Literal["tls_stall"] = "tls_stall"
    at: Literal["arrival"] = "arrival"
    example: ClassVar[dict[str, Any]] = {"kind": "tls_stall", "share": "20%"}
    fidelity: ClassVar[dict[str, str]] = {
        "wire": "faithful, where TLS is spoken: by `run` and `compare` if any phase has a fault of TLS, by `serve` "
        "with `--tls`; a share is drawn by the number of the connection; a `where`, or a draw per call or client, is "
        "approximated: the first request is never answered, so that the client meets its read timeout",
        "virtual": "faithful where it is known whose connection it is, as in `run` and `compare`, which then speak "
        "TLS, without cryptography; else as on the wire, for clients with an `https` base URL",
        "sim": "faithful",
    }
    on_connect: ClassVar[bool] = True
    opening: ClassVar[Opening | None] = "tls_hangs"

    def instead(self, rest: Plan) -> None:
        return None

"""What an attempt comes to where a fault below HTTP is approximated, beside what it comes to where it is not.

Before a request has been read, the fake knows nobody: what is for some clients or calls only, it does to their request.
"""

from __future__ import annotations

from typing import NamedTuple

from .networks import Case, Network, Trouble
from .sdk_faults import certificates, takes_tls

CONNECT = 5.0
READ = 10.0
"""Seconds for which the client waits for a connection, and for bytes."""
FOR_SOME = {"clients": [0]}
"""It is for the only client that there is."""


class Met(NamedTuple):
    """The HTTP library's error, and the seconds after which it is raised."""

    error: str
    seconds: float


class Approximation(NamedTuple):
    """A fault as it is for everybody, and as it is for some."""

    kind: str
    faithful: Met
    approximated: Met
    networks: tuple[Network, ...] = ("wire", "virtual")

    def case(self, network: Network, is_for_some: bool) -> Case:
        """A plain call without any retries."""
        trouble: Trouble = {"kind": self.kind, **({"where": FOR_SOME} if is_for_some else {})}
        is_secure = takes_tls(trouble)
        shown = certificates() if is_secure and network == "wire" else ""
        return Case(trouble, "create", network, "async", READ, is_secure, CONNECT, 0, shown)


NO_CONNECTION = Met("ConnectTimeout", CONNECT)
REFUSED = Met("ConnectError", 0.0)
NO_BYTES = Met("ReadTimeout", READ)
RESET = Met("ReadError", 0.0)

APPROXIMATIONS = (
    Approximation("bad_certificate", REFUSED, RESET),
    Approximation("blackhole", NO_CONNECTION, NO_BYTES),
    Approximation("dns", REFUSED, RESET, ("virtual",)),
    Approximation("refuse", REFUSED, RESET),
    Approximation("reset_on_accept", RESET, RESET),
    Approximation("tls_reset", REFUSED, RESET),
    Approximation("tls_stall", NO_CONNECTION, NO_BYTES),
)

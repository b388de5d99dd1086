"""What one server lets its clients do to it: sizes, counts, and how long it waits for what has begun."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from ..api.plain import Rejected
from ..errors import ERRORS
from ..plan import Error

KIB, MIB = 1 << 10, 1 << 20
LARGEST_BODY = 32 * MIB
"""The service's own limit."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Sizes in bytes, times in real seconds: whoever sends too slowly does so whatever the scenario's clock says.

    Whoever exceeds one loses this connection and nothing else: after an answer that says why, where there can be one.
    """

    head: int = 64 * KIB
    """Request line and headers. The same holds for what comes with a body and is none of it: extensions of chunks,
    trailers. As it is told piece by piece, a piece (256 KiB at most) more may be held for a moment."""
    headers: int = 256
    """How many of them, each name once."""
    body: int = LARGEST_BODY
    """One that says that it is longer is refused before it comes."""
    pipelined: int = 16
    """Requests that wait while another is being answered."""
    unread: float = 8 * MIB
    """What was answered and is not taken, beside what the kernels hold. The plan goes by the clock and does not wait
    for the reader, as the service behind its proxies does not, so that this is where a reader is given up."""
    patience: float = 60.0
    """For a head from its first byte to its last; for the next piece of a body; for the next piece of an answer that is
    not taken. Not for the next request of a kept-alive connection."""
    connections: int = 20_000
    """Open at once, or fewer where the process may not have so many files."""


UNHURRIED = Bounds(unread=inf, patience=inf)
"""For a network in memory: what waits there is the program's own, in time that jumps."""

FEW_FILES = 64
"""Files that are left to others when there are as many connections as can be: the control port, a probe, a log."""

REFUSALS = {
    400: Rejected(400, Error("invalid_request_error", "Malformed HTTP request")),
    405: Rejected(405, Error("invalid_request_error", "Method Not Allowed")),
    408: Rejected(408, Error("invalid_request_error", "Request timed out")),
    413: Rejected(413, ERRORS[413]),
    431: Rejected(431, Error("invalid_request_error", "Request header fields too large")),
}
"""What is said to whoever sends something that is no request, or exceeds a bound."""

"""What httpcore raised, as an outcome. By the names of its classes: there are two such libraries, and forks of them."""

from __future__ import annotations

from ...policies.outcome import CANCELLED, Outcome

_BEFORE_THE_BODY: dict[str, Outcome] = {
    "ConnectTimeout": Outcome("timeout", "connect"),
    "WriteTimeout": Outcome("timeout", "write"),
    "PoolTimeout": Outcome("timeout", "pool"),
    "TimeoutException": Outcome("timeout", "read"),
    "ConnectError": Outcome("connection", "connect"),
    "NetworkError": Outcome("connection", "read"),
    "ProtocolError": Outcome("connection", "read"),
}
_IN_A_STREAM: dict[str, Outcome] = {
    "TimeoutException": Outcome("stream_timeout", "stream", 200),
    "ProtocolError": Outcome("stream_broken", "stream", 200, detail="closed"),
    "NetworkError": Outcome("stream_broken", "stream", 200, detail="reset"),
}


def of_request(error: BaseException) -> Outcome:
    """What became of a request without headers, or with half a plain body."""
    return _first(error, _BEFORE_THE_BODY)


def of_stream(error: BaseException) -> Outcome:
    """What became of a stream."""
    return _first(error, _IN_A_STREAM)


def _first(error: BaseException, known: dict[str, Outcome]) -> Outcome:
    """By the most special class that is known; whatever else ends a request is its caller, who calls it off."""
    names = (each.__name__ for each in type(error).__mro__)
    return next((known[name] for name in names if name in known), CANCELLED)

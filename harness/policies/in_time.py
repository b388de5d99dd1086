"""The limits on an attempt's beginning, kept: until its headers, and until a stream's first content."""

from __future__ import annotations

from .call import Call
from .effects import Arm, Expired, Read, Run, Scope, Steps
from .outcome import Outcome

NO_BYTE = Outcome("timeout", "first_byte")
NO_HEADERS = Outcome("timeout", "first_token")
NO_TOKEN = Outcome("gap", "first_token", 200)


def in_time(call: Call, open_: Run) -> Steps:
    """Open an attempt within the limits of its call, and read a stream to its end."""
    byte: Scope | None = (yield Arm(call.first_byte)) if call.first_byte is not None else None
    token: Scope | None = (yield Arm(call.first_token)) if call.first_token is not None and call.is_stream else None
    is_open = False
    try:
        outcome: Outcome = yield from open_(call)
        _disarm(byte)
        if outcome.kind != "opened":
            return outcome
        is_open, stream = True, outcome.stream
        if token is not None:
            outcome = yield Read(stream, call.gap, until_text=True)
            _disarm(token)
            if outcome.kind != "text":
                return outcome
        outcome = yield Read(stream, call.gap)
        return outcome
    except Expired as expired:
        if expired.scope is byte:
            return NO_BYTE
        if expired.scope is token:
            return NO_TOKEN if is_open else NO_HEADERS
        raise
    finally:
        _disarm(byte)
        _disarm(token)


def _disarm(scope: Scope | None) -> None:
    if scope is not None:
        scope.disarm()

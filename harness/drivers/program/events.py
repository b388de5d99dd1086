"""Reads along in a stream of server-sent events: how much content has come, and how it ended."""

from __future__ import annotations

from ...policies.outcome import OK, Outcome

_CONTENT = b"event: content_block_delta"
_DELTA = b"event: message_delta"
_STOP = b"event: message_stop"
_ERROR = b"event: error"
_LONGEST = 64 * 1024
"""Of what is kept of an event that does not end, in bytes."""


class Events:
    """The events of one answer, in chunks that may break anywhere."""

    __slots__ = ("_has_failed", "_has_stopped", "_rest", "is_whole")

    def __init__(self) -> None:
        self._rest = b""
        self._has_stopped = False
        self._has_failed = False
        self.is_whole = False
        """Whether the answer has said why it stops: some read no further."""

    def feed(self, chunk: bytes) -> int:
        """How many events with content have come to their end in it."""
        *whole, rest = (self._rest + chunk).replace(b"\r\n", b"\n").split(b"\n\n")
        self._rest = rest[-_LONGEST:]
        for event in whole:
            self._has_stopped |= event.startswith(_STOP)
            self._has_failed |= event.startswith(_ERROR)
            self.is_whole |= event.startswith(_DELTA) and b'"stop_reason"' in event
        return sum(event.startswith(_CONTENT) for event in whole)

    @property
    def outcome(self) -> Outcome | None:
        """How it has ended; None while it has not."""
        if self._has_failed:
            return Outcome("stream_error", "stream", 200)
        return OK._replace(status=200) if self._has_stopped else None

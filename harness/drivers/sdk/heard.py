"""What has been heard of one stream of the SDK, event by event, and what became of it at its end."""

from __future__ import annotations

from ...policies.outcome import OK, Outcome


class Heard:
    """The same for whoever waits in an event loop and for whoever blocks."""

    __slots__ = ("_has_begun", "_is_complete", "tokens")

    def __init__(self) -> None:
        self.tokens = 0
        self._has_begun = self._is_complete = False

    def note(self, event: str) -> bool:
        """One more event, by its type; whether it is text."""
        if event == "text":
            self.tokens += 1
            return True
        if event == "message_start":
            self._has_begun = True
        elif event == "message_stop":
            self._is_complete = True
        return False

    def end(self) -> Outcome:
        """The SDK has no more, and has raised nothing."""
        if not self._is_complete:
            return Outcome("truncated", "stream", 200, tokens=self.tokens)
        if not self._has_begun:
            return Outcome("malformed", "stream", 200, tokens=self.tokens, detail="no_start")
        return OK._replace(status=200, tokens=self.tokens)

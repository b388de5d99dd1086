"""One limit on a whole call: every attempt, every wait between them, every byte of a stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..layer import Layer
from ..outcome import Outcome
from ..totals import TotalLimit


class Deadline(TotalLimit):
    """Ends the call after `total`, whatever it is doing. The HTTP library has no such limit: its read timeout starts
    anew with every byte, and a retry starts everything anew."""

    name: ClassVar[str] = "deadline"
    example: ClassVar[dict[str, Any]] = {"total": "300s"}
    too_late = Outcome("deadline", phase="total")

    def misplaced(self, outside: Sequence[Layer], inside: Sequence[Layer]) -> str:
        if any(layer.name == "retry" for layer in outside):
            return (
                'a "deadline" that has passed is not tried again: put it outside of "retry", or use "attempt_timeout"'
            )
        return ""

"""One limit on each attempt: the connection, the upload, the headers and every byte of the body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..layer import Layer
from ..outcome import Outcome
from ..totals import TotalLimit


class AttemptTimeout(TotalLimit):
    """Ends what lies inside it after `total`: inside a `retry` each attempt has its own time, and one that ran out may
    be tried again as a `timeout`. A read timeout is no such limit, as it starts anew with every byte. With
    retries of the SDK's own beneath, these together are the attempt."""

    name: ClassVar[str] = "attempt_timeout"
    example: ClassVar[dict[str, Any]] = {"total": "60s"}
    too_late = Outcome("timeout", phase="total")

    def misplaced(self, outside: Sequence[Layer], inside: Sequence[Layer]) -> str:
        if any(layer.name in ("retry", "fallback") for layer in inside):
            return '"attempt_timeout" around what asks again limits all of it: put it inside, or make it a "deadline"'
        return ""

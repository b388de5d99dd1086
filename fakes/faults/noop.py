"""The identity fault: nothing happens. The template for a new one, and what a test swaps in to see itself fail."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import Plan
from .base import Fault


class Noop(Fault):
    """Leaves the plan as it is."""

    kind: Literal["noop"] = "noop"
    example: ClassVar[dict[str, Any]] = {"kind": "noop"}

    def instead(self, rest: Plan) -> Plan:
        return rest

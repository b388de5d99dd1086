"""529: the service has no capacity to spare."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..errors import ERRORS
from ..plan import Plan
from ..refusal import Refusal


class Overload(Refusal):
    """An `overloaded_error`, as a rule without `retry-after`."""

    kind: Literal["overload"] = "overload"
    example: ClassVar[dict[str, Any]] = {"kind": "overload", "share": "30%", "per": {"window": "5s"}}

    def instead(self, rest: Plan) -> Plan | None:
        return self.refused(rest, 529, ERRORS[529])

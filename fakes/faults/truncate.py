"""The stream ends cleanly, only too early: no `message_stop`, no error. The SDK reports success."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..moments import AfterTokens, InBody
from ..plan import FINISH, RELEASE, Plan, is_unanswered
from .base import Fault


class Truncate(Fault):
    """The body of a stream ends at the moment given."""

    kind: Literal["truncate"] = "truncate"
    at: InBody = AfterTokens(tokens=3)
    example: ClassVar[dict[str, Any]] = {"kind": "truncate", "at": {"fraction": "50%"}}
    streams_only: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan | None:
        return None if is_unanswered(rest) else (RELEASE, FINISH)

"""A whole answer comes where a stream was asked for: a gateway that does not know streams."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import FINISH, RELEASE, Answer, Head, Plan, is_unanswered
from .base import Fault


class NoStream(Fault):
    """A streaming request is answered with JSON, in one piece, when the stream would have begun."""

    kind: Literal["no_stream"] = "no_stream"
    at: Literal["before_headers"] = "before_headers"
    example: ClassVar[dict[str, Any]] = {"kind": "no_stream", "share": "5%"}
    streams_only: ClassVar[bool] = True

    def instead(self, rest: Plan) -> Plan | None:
        return (RELEASE, Head(), Answer(), FINISH) if is_unanswered(rest) else None

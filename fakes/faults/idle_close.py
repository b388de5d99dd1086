"""The server ends a kept-alive connection that the client would have used again."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..plan import Finish, Idle, Plan, is_unanswered
from ..units import Duration
from .base import Fault


class IdleClose(Fault):
    """The connection is ended once the answer is over: before the next request, when it has been idle so long; or, with
    no `after`, only when that request comes, or so much `late`, and then without an answer."""

    kind: Literal["idle_close"] = "idle_close"
    at: Literal["before_headers"] = "before_headers"
    after: Annotated[
        Duration | None, Field(gt=0, description="idle for so long; not given: when the next request comes")
    ] = None
    late: Annotated[Duration, Field(description="so long after that request has come")] = 0.0
    by: Annotated[Literal["fin", "rst"], Field(description="how the connection is ended")] = "fin"
    example: ClassVar[dict[str, Any]] = {"kind": "idle_close", "late": "150ms", "share": "10%"}

    @model_validator(mode="after")
    def _is_one_of_both(self) -> IdleClose:
        if self.after is not None and self.late:
            raise ValueError("after and late exclude each other")
        return self

    def instead(self, rest: Plan) -> Plan | None:
        if not is_unanswered(rest):
            return None
        ends = Idle(self.after, self.late, self.by == "rst")
        return tuple(each for step in rest for each in ((ends, step) if isinstance(step, Finish) else (step,)))

"""An error status, in the service's own words or in those of a proxy before it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..errors import ERRORS, REASONS
from ..plan import Body, Error, Plan
from ..refusal import Refusal, page

Status = Literal[400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 501, 502, 503, 504, 529]


class ErrorStatus(Refusal):
    """Any error status. The service's body has the type of error that goes with it; a proxy's is a page of HTML, and
    some answer with nothing at all."""

    kind: Literal["error"] = "error"
    status: Annotated[Status, Field(description="the status of the answer")] = 500
    body: Annotated[
        Literal["service", "proxy", "empty"], Field(description="whose: the service's JSON, a page of HTML, or none")
    ] = "service"
    example: ClassVar[dict[str, Any]] = {"kind": "error", "status": 503, "body": "proxy", "share": "20%"}

    def instead(self, rest: Plan) -> Plan | None:
        return self.refused(rest, self.status, self._body())

    def _body(self) -> Error | Body:
        match self.body:
            case "service":
                return ERRORS[self.status]
            case "proxy":
                return page(self.status, REASONS[self.status])
            case "empty":
                return Body(b"")

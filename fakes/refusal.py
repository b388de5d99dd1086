"""What refusals have in common: a status, an error as its body, and what is said of trying again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from .faults.base import Fault
from .plan import FINISH, RELEASE, Body, Error, Head, Plan, RetryForm, is_unanswered
from .units import Duration

PAGE = (
    b"<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n<center><h1>%d %s</h1></center>\r\n"
    b"<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n"
)
HTML = (("content-type", "text/html"), ("request-id", ""))
"""The headers of a page from whatever stands before the service, which knows nothing of requests' ids."""
_PRINTABLE = r"^[\x21-\x7e]([\x20-\x7e]{0,98}[\x21-\x7e])?$"
RetryText = Annotated[str, StringConstraints(pattern=_PRINTABLE), Field(examples=["0", "-1", "soon"])]
TypeText = Annotated[str, StringConstraints(pattern=_PRINTABLE), Field(examples=["text/html", "application/xml"])]
"""What may stand in a header."""


def page(status: int, reason: str) -> Body:
    """A proxy's page."""
    said = reason.encode()
    return Body(PAGE % (status, said, status, said))


class Refusal(Fault):
    """The fields of those that say no."""

    at: Literal["arrival", "before_headers"] = "arrival"
    retry_after: Annotated[Duration | None, Field(description="the header's value; not given: no header")] = None
    retry_after_as: Annotated[
        RetryForm, Field(description="how it is said: `retry-after: 5`, `retry-after-ms: 5000`, or an HTTP date")
    ] = "seconds"
    retry_after_text: Annotated[
        RetryText | None, Field(description='in place of a time, the header as it stands: "0", "-1", "soon"')
    ] = None
    should_retry: Annotated[bool | None, Field(description="the `x-should-retry` header; not given: no header")] = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Refusal:
        if self.retry_after is not None and self.retry_after_text is not None:
            raise ValueError("retry_after and retry_after_text exclude each other")
        return self

    def refused(self, rest: Plan, status: int, body: Error | Body) -> Plan | None:
        """The answer, where there was none yet."""
        if not is_unanswered(rest):
            return None
        fields = HTML if isinstance(body, Body) else ()
        if self.retry_after_text is not None:
            fields = (*fields, ("retry-after", self.retry_after_text))
        head = Head(
            status,
            retry_after=self.retry_after,
            should_retry=self.should_retry,
            retry_form=self.retry_after_as,
            fields=fields,
        )
        return (RELEASE, head, body, FINISH)

"""A limit on how long a stream may go without content. Pings keep a read timeout from firing; they do not fool this."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration

from ..call import Call
from ..effects import Run, Steps
from ..layer import Layer, Site


class ContentGap(Layer):
    """Breaks off a stream when no content event has come for `limit`. It starts with the stream's headers; before
    those the read timeout counts."""

    name: ClassVar[str] = "content_gap"
    example: ClassVar[dict[str, Any]] = {"limit": "20s"}
    limit: Annotated[Duration, Field(gt=0)]

    def wrap(self, inner: Run, site: Site) -> Run:
        limit = self.limit

        def run(call: Call) -> Steps:
            before, call.gap = call.gap, limit if call.gap is None else min(limit, call.gap)
            try:
                return (yield from inner(call))
            finally:
                call.gap = before

        return run

    def limits(self) -> dict[str, float]:
        return {"content gap": self.limit}

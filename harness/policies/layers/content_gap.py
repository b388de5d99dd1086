"""A limit on how long a stream may go without content. Pings keep a read timeout from firing; they do not fool this."""

from __future__ import annotations

from typing import Any, ClassVar

from ..carried import CarriedLimit


class ContentGap(CarriedLimit):
    """Breaks off a stream when no content event has come for `limit`. It starts with the stream's headers; before
    those the read timeout counts."""

    name: ClassVar[str] = "content_gap"
    example: ClassVar[dict[str, Any]] = {"limit": "20s"}
    carries = "gap"

"""A limit on the time until a stream shows its first content: what somebody who waits for a chat sees."""

from __future__ import annotations

from typing import Any, ClassVar

from ..carried import CarriedLimit


class FirstToken(CarriedLimit):
    """Ends an attempt at a stream that has shown no content after `limit`, counted from its beginning: pings and the
    events before the content do not count. Plain answers know no first token. With retries of the SDK's own beneath,
    these together are the attempt."""

    name: ClassVar[str] = "first_token"
    example: ClassVar[dict[str, Any]] = {"limit": "30s"}
    carries = "first_token"

"""A limit on the time until an attempt's headers are there."""

from __future__ import annotations

from typing import Any, ClassVar

from ..carried import CarriedLimit


class FirstByte(CarriedLimit):
    """Ends an attempt whose headers have not come after `limit`, however it spent the time: waiting for a connection,
    opening one, sending, waiting for the service. A plain answer is whole when its headers are: there it is a limit on
    all of it. With retries of the SDK's own beneath, these together are the attempt."""

    name: ClassVar[str] = "first_byte"
    example: ClassVar[dict[str, Any]] = {"limit": "30s"}
    carries = "first_byte"

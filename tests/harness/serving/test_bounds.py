"""The control port has the bounds that the fake has: whoever exceeds one loses a connection, and the rest goes on."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from ...loops import on_loop
from .hosting import Hosted, hosted

REQUEST = b"GET /brownout/v1/state HTTP/1.1\r\nhost: localhost\r\n"
TOO_LARGE = {
    "a head": (REQUEST + b"x: " + b"y" * 70_000 + b"\r\n\r\n", b"431"),
    "a head without an end": (REQUEST + b"x: " + b"y" * 400_000, b"431"),
    "headers": (REQUEST + b"".join(b"x%d: y\r\n" % n for n in range(300)) + b"\r\n", b"431"),
    "a body": (REQUEST + b"content-length: 99999999\r\n\r\n", b"413"),
}


@pytest.mark.parametrize(("data", "status"), TOO_LARGE.values(), ids=list(TOO_LARGE))
@on_loop
async def test_what_is_too_large_is_refused(data: bytes, status: bytes) -> None:
    async with hosted() as here:
        answer = await _told(here, data)
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert b"connection: close\r\n" in answer
        assert b'"type":"malformed"' in answer
        assert (await here.state())["requests"]["served"] == 0


async def _told(here: Hosted, data: bytes) -> bytes:
    """All that comes back before FIN."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(str(here.host.control_url)).port)
    writer.write(data)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer

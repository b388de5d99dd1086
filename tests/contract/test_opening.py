"""A connection of the network in memory that comes to nothing is closed, as the real one would be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import anthropic
import pytest

from .networks import HOST, NONE, Trouble, virtual
from .program import AsyncProgram, BlockingProgram, Settings

HANGS: Trouble = {"kind": "tls", "tls": "hangs"}
TURNS = 20
"""Of an event loop, within which a call has opened its connection and sent its request."""


async def called_off(call: Awaitable[object], turns: int) -> None:
    """Cancel it after so many turns."""
    task = asyncio.ensure_future(call)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("scheme", "trouble"), [("http", NONE), ("https", HANGS)], ids=["plain", "TLS"])
@pytest.mark.parametrize("turns", range(1, TURNS))
def test_call_cancelled_at_any_turn_leaves_no_connection(turns: int, scheme: str, trouble: Trouble) -> None:
    """Also where the connection came up in the very instant, or is in the middle of a handshake."""
    with virtual(trouble) as (_, server):

        async def main() -> int:
            program = AsyncProgram(Settings(f"{scheme}://{HOST}", 600.0))
            await called_off(program.create(), turns)
            await program.close()
            await asyncio.sleep(1.0)
            return len(server.connections)

        assert asyncio.run(main()) == 0


@pytest.mark.parametrize("kind", [AsyncProgram, BlockingProgram])
def test_server_that_ends_a_handshake_is_no_timeout(kind: type[AsyncProgram | BlockingProgram]) -> None:
    """Whoever waits for TLS and gets a FIN is told of a broken connection, and so is whoever comes after that."""
    with virtual(HANGS) as (world, server):

        async def main() -> None:
            program = kind(Settings(f"https://{HOST}", 600.0))
            world.hub.call_later(1.0, server.stop)
            with pytest.raises(anthropic.APIConnectionError, match="Connection error"):
                await program.create()
            await program.close()

        asyncio.run(main())

"""The fake on a port, with nothing wrong: `ours.py PORT LOOP SCENARIO`."""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.wire.server import WireServer
from brownout.harness.files import load
from brownout.harness.scenario import Scenario


async def serve(port: int, scenario: str) -> None:
    """Listen until it is ended."""
    endpoint = Endpoint(load(Path(scenario), Scenario).service(), 1)
    server = WireServer(endpoint, port=port, begins_with_first_request=True)
    await server.start()
    gc.freeze()
    await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[2] == "uvloop":
        import uvloop

        uvloop.run(serve(int(sys.argv[1]), sys.argv[3]))
    else:
        asyncio.run(serve(int(sys.argv[1]), sys.argv[3]))

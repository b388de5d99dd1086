"""The same troubles met by a program in TypeScript: real sockets, and a process that is spoken to through a pipe."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from ..fakes.wire.serving import SCALE, serving
from ..patience import PATIENCE
from ..sdk import typescript
from .networks import Trouble, service_with

LIMIT = 80.0
"""Seconds of the scenario after which a program that has heard nothing is said to hang."""
TIMEOUT = 20.0


class Told(NamedTuple):
    """What the program sees of one call, or of the last of two. `raised`: `hangs` for what ends by nobody's limit."""

    raised: str = ""
    cause: str = ""
    status: int | None = None
    type: str = ""
    requests: int = 1
    tokens: int = 0
    stop_reason: str | None = None


class TypeScript:
    """`troubles.mjs` at work."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            typescript.command(Path(__file__).with_name("troubles.mjs")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def play(self, trouble: Trouble, how: str) -> Told:
        """What it sees of a fault on a server of its own."""
        return asyncio.run(asyncio.wait_for(self._play(trouble, how), PATIENCE))

    async def _play(self, trouble: Trouble, how: str) -> Told:
        async with serving(service_with(trouble)) as server:
            asked = {
                "url": f"http://127.0.0.1:{server.port}",
                "how": how,
                "timeout": TIMEOUT,
                "patience": LIMIT,
                "scale": SCALE,
            }
            told: dict[str, Any] = await asyncio.to_thread(self._ask, asked)
        return Told(**told)

    def _ask(self, asked: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Let it come to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(PATIENCE)

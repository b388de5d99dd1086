"""The same troubles met by a program in TypeScript: real sockets, and a process that is spoken to through a pipe."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from brownout.fakes.wire.certificates import AUTHORITY, Certificates, file_of

from ..fakes.wire.serving import SCALE, serving
from ..patience import PATIENCE
from ..pipes import Piped
from ..sdk import typescript
from .networks import Trouble, service_with
from .sdk_faults import certificates, takes_tls

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
        self._folder = Path(certificates())
        self._program = Piped(
            typescript.command(Path(__file__).with_name("troubles.mjs")),
            os.environ | {"NODE_EXTRA_CA_CERTS": str(file_of(self._folder, AUTHORITY))},
        )
        self.close = self._program.close

    def play(self, trouble: Trouble, how: str, is_secure: bool = False) -> Told:
        """What it sees of a fault on a server of its own."""
        is_secure = is_secure or takes_tls(trouble)
        return asyncio.run(asyncio.wait_for(self._play(trouble, how, is_secure), PATIENCE))

    async def _play(self, trouble: Trouble, how: str, is_secure: bool) -> Told:
        shown = Certificates.read(self._folder) if is_secure else None
        async with serving(service_with(trouble), certificates=shown) as server:
            asked = {
                "url": f"{'https' if shown else 'http'}://127.0.0.1:{server.port}",
                "how": how,
                "timeout": TIMEOUT,
                "patience": LIMIT,
                "scale": SCALE,
            }
            told: dict[str, Any] = await asyncio.to_thread(self._program.ask, json.dumps(asked))
        return Told(**told)

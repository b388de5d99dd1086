"""A host within a test's loop, and clients of both its ports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from brownout.harness.files import loads
from brownout.harness.scenario import Scenario
from brownout.harness.serving.host import Host, Settings

from ...patience import PATIENCE

SCALE = 20.0
FILE = """\
name: quick
workload: {arrivals: {kind: closed}, calls: {output_tokens: 8}}
server: {latency: {first_token: 10ms, token_gap: 1ms, round_trip: 1ms}}
timeline: [{for: 1h}]
"""
ASK: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Hello"}],
}


class Hosted:
    """A host with a client of its fake and one of its control port."""

    def __init__(self, host: Host, fake: httpx2.AsyncClient, control: httpx2.AsyncClient) -> None:
        self.host, self.fake, self.control = host, fake, control

    async def ask(self, key: str = "k", test: str = "", **changes: Any) -> httpx2.Response:
        """One request to the fake."""
        headers = {"x-api-key": key} | ({"x-brownout-test": test} if test else {})
        return await self.fake.post("/v1/messages", json=ASK | changes, headers=headers)

    async def get(self, path: str, **params: Any) -> Any:
        found = await self.control.get(path, params=params)
        assert found.status_code == 200, found.text
        return found.json()

    async def post(self, path: str, **body: Any) -> Any:
        found = await self.control.post(path, json=body)
        assert found.is_success, found.text
        return found.json()

    async def state(self) -> Any:
        return await self.get("state")


@asynccontextmanager
async def hosted(file: str = FILE, **settings: Any) -> AsyncIterator[Hosted]:
    """A host on ports that are free."""
    host = Host(loads(file, Scenario), 1, Settings(**{"scale": SCALE} | settings))
    await host.start()
    headers = {"authorization": f"Bearer {settings['token']}"} if settings.get("token") else {}
    try:
        async with (
            httpx2.AsyncClient(base_url=host.url, timeout=PATIENCE) as fake,
            httpx2.AsyncClient(base_url=str(host.control_url), timeout=PATIENCE, headers=headers) as control,
        ):
            yield Hosted(host, fake, control)
    finally:
        await host.stop()


async def until(is_so: Callable[[], object]) -> None:
    """Wait for something that the server's objects show."""
    while not is_so():
        await asyncio.sleep(0.001)

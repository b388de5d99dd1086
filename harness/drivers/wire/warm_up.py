"""The SDK loads half of itself on its first call, and builds the types of its errors on the first of those (tens of
milliseconds). That must not happen while a scenario's clock runs."""

from __future__ import annotations

from contextlib import suppress

import anthropic

from brownout.fakes.capacity import Capacity
from brownout.fakes.distributions import tokens_always
from brownout.fakes.endpoint import Endpoint, Service
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.wire.server import WireServer

from ...policies.effects import Timeouts
from ..sdk import client as sdk
from ..sdk.port import MODEL

_done: list[bool] = []


async def warm_up() -> None:
    """One plain call, one stream and one error, against a fake of their own; once in a process."""
    if _done:
        return
    _done.append(True)
    at_once = Latency.model_validate({"round_trip": "0s", "first_token": "0s", "token_gap": "0s"})
    server = WireServer(Endpoint(Service(at_once, Capacity(), Limits(), ((1.0, tokens_always(3)),)), seed=0))
    await server.start()
    server.begin()
    async with sdk.make(f"http://{server.host}:{server.port}", 0, Timeouts(), 1.0) as client:
        await client.messages.create(model=MODEL, max_tokens=9, messages=[{"role": "user", "content": "hi"}])
        async with client.messages.stream(
            model=MODEL, max_tokens=9, messages=[{"role": "user", "content": "hi"}]
        ) as stream:
            await stream.get_final_message()
        with suppress(anthropic.APIStatusError):
            await client.get("/v1/nothing", cast_to=object)
    await server.stop()

"""What a socket sees of one fault. The same functions observe every fault, and none at all."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from brownout.fakes.faults import Fault, Where
from brownout.fakes.timeline import Phase
from brownout.fakes.wire.server import WireServer

from .raw import RawClient, Response, parse, request
from .serving import TOKENS, outcome, service, serving


class Wire(NamedTuple):
    """What came over one connection on which one request was sent."""

    end: str
    """`whole` answer, `unreachable` (no connection), `refused`, `reset` (RST), `closed` (FIN), or `silent`:
    open, and nothing more comes."""
    status: str = ""
    headers: Mapping[str, str] = {}
    """Without `content-length`; a request id in the service's form is reduced to `req`."""
    body: tuple[str, ...] = ()
    """The names of the events; or the JSON of an error; or the share that came of a plain message."""
    is_overtaken: bool = False
    """Exchanges that began after the fault had taken effect were over before the next byte came."""


def aimed(fault: Fault, client: int, on_port_too: bool = False) -> Fault:
    """The fault for one client alone, unless it says itself whom it is for, or acts on the port."""
    if fault.where is not None or (fault.on_connect and not on_port_too):
        return fault
    return fault.model_copy(update={"where": Where(clients=frozenset({client}))})


async def on_the_wire(fault: Fault, stream: bool, is_patient: bool = False) -> Wire:
    """One request over a socket of its own. Silence is judged by a neighbour's exchanges, not by a clock.

    `is_patient`: wait for what comes after the silence.
    """
    async with serving(service(Phase(0.0, (aimed(fault, 0),)))) as server:
        try:
            # The kernel answers a SYN by itself, however busy we are; a dropped one it sends again after 1 s.
            client = await asyncio.wait_for(RawClient.connect(server.port), 0.5)
        except ConnectionRefusedError:
            return Wire("refused")
        except TimeoutError:
            return Wire("unreachable")
        async with client:
            await client.send(request(stream, who="0/0/0/0"))
            return _seen(client, *await how_it_ends(server, client, is_patient))


async def how_it_ends(server: WireServer, client: RawClient, is_patient: bool = False) -> tuple[str, bool]:
    """`Wire.end` and `Wire.is_overtaken` of the exchange that the client has begun."""
    reading = asyncio.ensure_future(_whole(client))
    is_overtaken = await _is_overtaken(server, client, reading)
    if is_overtaken and not is_patient:
        reading.cancel()
        await outcome(reading)
        return "silent", is_overtaken
    return await reading, is_overtaken


async def _whole(client: RawClient) -> str:
    while (message := parse(client.data)) is None or not message.is_whole:
        if not await client.receive():
            return client.end
    return "whole"


async def _is_overtaken(server: WireServer, client: RawClient, reading: asyncio.Future[str]) -> bool:
    """Whether, once the fault has taken effect, exchanges of a neighbour fit between two bytes of this one."""
    while not reading.done():
        has_fired, came = any(count.fired for count in server.endpoint.timeline.counts), len(client.data)
        exchanges = asyncio.ensure_future(_exchanges(server.port))
        await asyncio.wait((reading, exchanges), return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            exchanges.cancel()
            await outcome(exchanges)
            break
        await exchanges
        if has_fired and came == len(client.data):
            return True
    return False


async def _exchanges(port: int) -> None:
    """Two whole exchanges of a neighbour: what came before the first one ended has been read before the second has."""
    for _ in range(2):
        async with await RawClient.connect(port) as neighbour:
            await neighbour.ask(stream=True, who="1/0/0/0", max_tokens=TOKENS)


def _seen(client: RawClient, end: str, is_overtaken: bool) -> Wire:
    message = parse(client.data)
    if message is None:
        assert client.data == b"", f"half of the headers: {client.data!r}"
        return Wire(end, is_overtaken=is_overtaken)
    assert message.after == b"", f"behind the answer: {message.after!r}"
    headers = dict(message.headers)
    headers["request-id"] = re.sub("^req_01[0-9a-f]{22}$", "req", headers["request-id"])
    length = int(headers.pop("content-length", "0"))
    body = (_plain(message, length),) if length else tuple(_named(*event) for event in message.events)
    return Wire(end, message.status, headers, body, is_overtaken)


def _named(event: str, data: Any) -> str:
    assert data["type"] == event
    return f"error: {data['error']['type']}" if event == "error" else event


def _plain(message: Response, length: int) -> str:
    if not message.is_whole:
        return f"{len(message.body) / length:.0%}"
    said = message.json
    if said["type"] == "error":
        return json.dumps(said | {"request_id": "req"})
    return "100%"

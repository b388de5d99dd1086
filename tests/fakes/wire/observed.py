"""What a socket sees of one fault. The same functions observe every fault, and none at all."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from brownout.fakes.faults import Fault, Where
from brownout.fakes.reply import WORDS
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
    while (message := parse(client.data)) is None or not (message.is_whole and message.status.startswith("HTTP/")):
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
        part = f"{len(client.data)} bytes" if client.data else ""
        return Wire(end, part, is_overtaken=is_overtaken)
    if not message.status.startswith("HTTP/1.1 "):
        return Wire(end, "no HTTP")
    headers = dict(message.headers)
    if "request-id" in headers:
        headers["request-id"] = re.sub("^req_01[0-9a-f]{22}$", "req", headers["request-id"])
    if headers.get("transfer-encoding") == "chunked":
        body = tuple(told(message.chunks))
    else:
        body = tuple(filter(None, [_plain(message, int(headers.pop("content-length", -1)))]))
    return Wire(end, message.status, headers, body, is_overtaken)


def _plain(message: Response, length: int) -> str:
    whole = message.body + message.after
    if not whole.endswith(b"}") and whole.startswith(b"{"):
        return f"{len(whole) / length:.0%}" if length > len(whole) else "no JSON"
    if not whole or whole.startswith(b"<html>"):
        return "page" if whole else "0%" if length > 0 else ""
    if whole.startswith(b"\x1f\x8b"):
        return "no gzip"
    try:
        said = json.loads(whole)
    except UnicodeDecodeError:
        return "no UTF-8"
    if said["type"] == "error":
        return json.dumps(said | {"request_id": "req"})
    return "100%" if length in (-1, len(whole)) else f"{len(whole) - length:+d} bytes"


def told(chunks: Iterable[bytes]) -> Iterator[str]:
    """The names of events; of one that is not as it should be, what is wrong with it."""
    words, is_awaited = 0, False
    for chunk in chunks:
        kind = re.search(rb'"type":"([a-z_]+)"', chunk)
        what = kind[1].decode() if kind else "an event"
        is_next = 1
        if not chunk.endswith(b"\n\n"):
            yield "no gzip" if chunk.startswith(b"\x1f\x8b") else f"half of {what}"
        elif chunk.startswith(b":"):
            yield "comment"
            continue
        elif not chunk.startswith(b"event: "):
            yield f"{what} without a name"
        elif wrong := _wrong(chunk, what):
            yield f"{what}, {wrong}"
        elif what == "error":
            yield f"error: {json.loads(chunk.split(b'data: ')[1])['error']['type']}"
        elif what == "content_block_delta":
            word = json.loads(chunk.split(b"data: ")[1])["delta"]["text"].strip()
            place = WORDS.index(word) - words % len(WORDS)
            yield what + {0: "", 1: ", too early", -1: ", too late" if is_awaited else ", again"}[place]
            is_next = place >= 0 or is_awaited
            is_awaited = place == 1
        else:
            yield what
        words += is_next and what == "content_block_delta"


def _wrong(chunk: bytes, what: str) -> str:
    name, data, *_ = chunk.split(b"\n")
    try:
        json.loads(data.removeprefix(b"data: "))
    except ValueError as error:
        return f"no {'UTF-8' if isinstance(error, UnicodeDecodeError) else 'JSON'}"
    return "" if name == b"event: " + what.encode() else f"called {name!r}"

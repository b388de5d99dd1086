"""What a socket, and what the SDK, sees of one fault. The same functions observe every fault, and none at all."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import anthropic
import httpx2
from anthropic.types import Message

from brownout.fakes.faults import Fault, Where
from brownout.fakes.timeline import Phase
from brownout.fakes.wire.server import WireServer

from .raw import DEFAULT, RawClient, Response, parse, request
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


class Seen(NamedTuple):
    """What a program that uses the SDK sees of one call."""

    raised: str = ""
    """Module and class."""
    status: int | None = None
    type: str = ""
    """Of an `APIStatusError`: its status and the service's name for the error."""
    requests: int = 1
    """What the SDK sent for this one call."""
    tokens: int = 0
    """Text events that came before the end."""
    stop_reason: str | None = None
    outlasted: bool = False
    """It succeeded, and that took more than twice the read timeout."""


How = Literal["create", "stream", "create in a thread", "stream in a thread"]


async def through_the_sdk(fault: Fault, how: How, read_timeout: float) -> Seen:
    """One call of the SDK as it comes, but for the read timeout, in real seconds; none to connect is longer."""
    timeout = httpx2.Timeout(read_timeout, connect=min(5.0, read_timeout))
    async with serving(service(Phase(0.0, (fault,)))) as server:
        url, sent, heard, began = f"http://127.0.0.1:{server.port}", list[str](), list[str](), time.monotonic()
        if how.endswith("in a thread"):
            result = await outcome(asyncio.to_thread(_sync, url, how, timeout, sent, heard))
        else:
            result = await outcome(_async(url, how, timeout, sent, heard))
        is_long = time.monotonic() - began > 2 * read_timeout
    seen = Seen(requests=len(sent), tokens=len(heard))
    if not isinstance(result, BaseException):
        return seen._replace(stop_reason=result, outlasted=is_long)
    raised = f"{type(result).__module__.partition('.')[0]}.{type(result).__name__}"
    if isinstance(result, anthropic.APIStatusError):
        return seen._replace(raised=raised, status=result.status_code, type=result.type or "")
    return seen._replace(raised=raised)


async def _async(url: str, how: How, timeout: httpx2.Timeout, sent: list[str], heard: list[str]) -> str | None:
    async def note(request: httpx2.Request) -> None:
        sent.append(request.url.path)

    http = anthropic.DefaultAsyncHttpxClient(event_hooks={"request": [note]}, trust_env=False)
    async with anthropic.AsyncAnthropic(api_key="k", base_url=url, timeout=timeout, http_client=http) as client:
        if how == "create":
            message: Message = await client.messages.create(**DEFAULT)
            return message.stop_reason
        async with client.messages.stream(**DEFAULT) as stream:
            async for text in stream.text_stream:
                heard.append(text)  # noqa: PERF401 - what came before a failure counts
            return (await stream.get_final_message()).stop_reason


def _sync(url: str, how: How, timeout: httpx2.Timeout, sent: list[str], heard: list[str]) -> str | None:
    def note(request: httpx2.Request) -> None:
        sent.append(request.url.path)

    http = anthropic.DefaultHttpxClient(event_hooks={"request": [note]}, trust_env=False)
    with anthropic.Anthropic(api_key="k", base_url=url, timeout=timeout, http_client=http) as client:
        if how == "create in a thread":
            message: Message = client.messages.create(**DEFAULT)
            return message.stop_reason
        with client.messages.stream(**DEFAULT) as stream:
            for text in stream.text_stream:
                heard.append(text)  # noqa: PERF402 - what came before a failure counts
            return stream.get_final_message().stop_reason

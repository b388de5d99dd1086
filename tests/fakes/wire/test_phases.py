"""Phases: a door that shuts and opens again, and what the beginning of a phase does to connections that are open."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack, closing
from typing import Any

import anthropic
import httpx2
import pytest

from brownout.fakes.capacity import Capacity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.faults import FAULTS, Where
from brownout.fakes.timeline import Phase
from brownout.fakes.wire.server import WireServer

from ...loops import LOOPS, on_loop
from .observed import aimed, how_it_ends, told
from .raw import DEFAULT, RawClient, parse, request
from .serving import ENDLESS, SCALE, fault_of, outcome, service, serving, until

CALM = Phase(10.0)
REFUSE, RESET = fault_of({"kind": "refuse"}), fault_of({"kind": "reset"})
BLACKHOLE = fault_of({"kind": "blackhole"})


async def is_accepted(port: int) -> bool:
    """Whether a connection can be opened."""
    client = await outcome(RawClient.connect(port))
    if isinstance(client, ConnectionError):  # a reset, if the door shut while it stood in the queue behind it
        return False
    client.close()
    return True


async def opened(server: WireServer) -> None:
    """Wait until the port listens."""
    while not await is_accepted(server.port):
        await asyncio.sleep(0.001)


@on_loop
async def test_the_door_shuts_and_opens_again_on_the_same_port() -> None:
    """New connections are refused and later accepted again; one that was open is served all along."""
    what = service(CALM, Phase(10.0, (REFUSE,)), CALM)
    async with serving(what) as server, await RawClient.connect(server.port) as early:
        assert (await early.ask()).status == "HTTP/1.1 200 OK"
        server.enter(1)
        assert not await is_accepted(server.port)
        assert (await early.ask()).status == "HTTP/1.1 200 OK"
        server.enter(2)
        await opened(server)
        async with await RawClient.connect(server.port) as late:
            assert (await late.ask()).status == "HTTP/1.1 200 OK"
        assert (await early.ask()).status == "HTTP/1.1 200 OK"


@on_loop
async def test_phases_follow_each_other_by_the_clock() -> None:
    """What is seen by somebody who never stops knocking is in the order of the timeline."""
    server = WireServer(Endpoint(service(CALM, Phase(20.0, (REFUSE,)), CALM), seed=1), scale=SCALE)
    await server.start()
    server.begin()
    seen = [await is_accepted(server.port)]
    while len(seen) < 3:
        if (answer := await is_accepted(server.port)) != seen[-1]:
            seen.append(answer)
        await asyncio.sleep(0.001)
    await server.stop()
    assert seen == [True, False, True]
    assert not await is_accepted(server.port)


@pytest.mark.parametrize("last", [True, False], ids=["ends open", "ends shut"])
@on_loop
async def test_of_phases_that_begin_together_the_last_one_counts(last: bool) -> None:
    """A machine that was busy when the door was to open and to shut leaves it as the last phase wants it."""
    shut = Phase(0.001, (REFUSE,))
    async with serving(service(CALM, *[CALM, shut] * 3, *[CALM] * last)) as server:
        for phase in range(1, len(server.endpoint.timeline.phases)):
            server.enter(phase)
        if last:
            await opened(server)
        else:
            for _ in range(5):  # whatever was begun has time to end
                await asyncio.sleep(0)
        assert await is_accepted(server.port) is last


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("turns", range(6))
def test_who_comes_while_the_server_stops_is_closed(turns: int, loop: str) -> None:
    """However far the event loop has got with accepting them: what is left open warns when it is collected."""

    @on_loop
    async def play() -> None:
        async with AsyncExitStack() as stack, serving(service(CALM)) as server:
            for _ in range(20):
                knocking = stack.enter_context(closing(socket.socket()))
                knocking.setblocking(False)
                knocking.connect_ex((server.host, server.port))
            for _ in range(turns):
                await asyncio.sleep(0)

    play(loop=loop)
    gc.collect()


async def state(port: int) -> str:
    """What whoever knocks now finds. A SYN that was dropped is sent again after a second, so half of one tells."""
    client = await outcome(asyncio.wait_for(RawClient.connect(port), 0.5))
    if isinstance(client, BaseException):
        return "dark" if isinstance(client, TimeoutError) else "shut"
    client.close()
    return "open"


STATES: Mapping[str, Phase] = {"open": CALM, "shut": Phase(10.0, (REFUSE,)), "dark": Phase(10.0, (BLACKHOLE,))}


@pytest.mark.parametrize("pauses", [True, False], ids=["one by one", "together"])
@pytest.mark.parametrize("after", STATES)
@pytest.mark.parametrize("before", STATES)
@on_loop
async def test_the_door_goes_from_each_state_to_each_other(before: str, after: str, pauses: bool) -> None:
    """Open, shut or dark: what counts is the phase that began last, and in the end whoever comes is served again."""
    async with serving(service(CALM, STATES[before], STATES[after], CALM)) as server:
        server.enter(1)
        if pauses:
            assert await state(server.port) == before
        server.enter(2)
        await asyncio.sleep(0.01)
        assert await state(server.port) == after
        server.enter(3)
        await opened(server)
        async with await RawClient.connect(server.port) as late:
            assert (await late.ask()).status == "HTTP/1.1 200 OK"
    assert await state(server.port) == "shut"


@on_loop
async def test_who_was_knocking_in_the_dark_comes_in_when_it_is_over() -> None:
    """A connect begun while packets vanish comes up, and is served; what nobody sent anything on meanwhile still is."""
    what = service(CALM, STATES["dark"], CALM)
    async with serving(what) as server, await RawClient.connect(server.port) as early:
        await early.ask()
        server.enter(1)
        knocking = asyncio.ensure_future(RawClient.connect(server.port))
        assert await state(server.port) == "dark"
        assert not knocking.done()
        server.enter(2)
        async with await knocking as late:
            assert (await late.ask()).status == "HTTP/1.1 200 OK"
        assert (await early.ask()).status == "HTTP/1.1 200 OK"


@on_loop
async def test_the_sdk_meets_its_connect_timeout_in_the_dark() -> None:
    """Its next call after the dark goes through, on a new connection."""
    async with serving(service(STATES["dark"], CALM)) as server:
        timeout = httpx2.Timeout(30.0, connect=0.3)
        async with sdk(server, 0).with_options(timeout=timeout) as client:
            result = await outcome(client.messages.create(**DEFAULT))
            assert isinstance(result, anthropic.APITimeoutError)
            assert isinstance(result.__cause__, httpx2.ConnectTimeout)
            server.enter(1)
            await opened(server)
            assert (await client.messages.create(**DEFAULT)).stop_reason == "end_turn"


@pytest.mark.parametrize("idle", [True, False], ids=["hit", "not hit"])
@on_loop
async def test_an_idle_connection_is_forgotten_without_a_word(idle: bool) -> None:
    """The first request on it gets silence even when the phase is over; one that was not hit is as good as new."""
    phase = Phase(10.0, (BLACKHOLE,), hits_idle=idle)
    async with serving(service(CALM, phase, CALM)) as server, await RawClient.connect(server.port) as client:
        await client.ask(who="0/0/0/0")
        server.enter(1)
        server.enter(2)
        await client.send(request(who="0/1/0/0"))
        await opened(server)
        assert (await how_it_ends(server, client))[0] == ("silent" if idle else "whole")


HITS = [(in_flight, idle) for in_flight in (False, True) for idle in (False, True)]


@pytest.mark.parametrize("fault", [REFUSE, RESET], ids=["refuse", "reset"])
@pytest.mark.parametrize(("in_flight", "idle"), HITS, ids=["hits nothing", "hits idle", "hits in flight", "hits both"])
@on_loop
async def test_the_start_of_a_phase_breaks_what_it_hits(fault: Any, in_flight: bool, idle: bool) -> None:
    """Requests in flight, and idle connections, are reset if the phase says so; what it does not name goes on."""
    phase = Phase(10.0, (fault,), hits_in_flight=in_flight, hits_idle=idle)
    async with (
        serving(service(CALM, phase, CALM, tokens=ENDLESS if in_flight else 20)) as server,
        await RawClient.connect(server.port) as streaming,
        await RawClient.connect(server.port) as plain,
        await RawClient.connect(server.port) as resting,
        await RawClient.connect(server.port) as unused,
    ):
        await resting.ask(max_tokens=1)
        await plain.send(request(who="1/0/0/0"))
        await streaming.send(request(stream=True, who="2/0/0/0"))
        await streaming.until(b"content_block_delta")
        await until(lambda: len(server.connections) == 4)
        server.enter(1)
        server.enter(2)
        for client in (streaming, plain):
            await (client.to_the_end() if in_flight else client.answer())
        if idle:
            await resting.to_the_end()
            await unused.to_the_end()
        else:
            await resting.ask(max_tokens=1)
            await unused.ask(max_tokens=1)
        ends = {client.end for client in (streaming, plain)}, {client.end for client in (resting, unused)}
    assert ends == ({"reset" if in_flight else "open"}, {"reset" if idle else "open"})


GOES_ON = ("whole", "message_stop")
# kind: how a stream ends that was struck in the queue, and one that was struck after its first tokens;
# each with the last event or the status that came
WHEN_STRUCK: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "noop": (("whole", "message_stop"), ("whole", "message_stop")),
    "blackhole": (("silent", ""), ("silent", "content_block_delta")),
    "no_answer": (("silent", ""), ("silent", "content_block_delta")),
    "overload": (("whole", "HTTP/1.1 529 Overloaded"), ("whole", "message_stop")),
    "rate_limit": (("whole", "HTTP/1.1 429 Too Many Requests"), ("whole", "message_stop")),
    "refuse": (("reset", ""), ("reset", "content_block_delta")),
    "reset": (("reset", ""), ("reset", "content_block_delta")),
    "stall": (("silent", "content_block_delta"), ("silent", "content_block_delta")),
    "stream_error": (("whole", "error: overloaded_error"), ("whole", "error: overloaded_error")),
    "truncate": (("whole", "content_block_delta"), ("whole", "content_block_delta")),
    "close": (("closed", ""), ("closed", "content_block_delta")),
    "half_event": (("closed", "half of an event"), ("closed", "half of an event")),
    "nat_death": (("silent", "content_block_delta"), ("silent", "content_block_delta")),
    "slow_close": (("silent", "message_stop"), GOES_ON),
    "trickle": (("silent", ""), ("silent", "content_block_delta")),
    # what has meaning before the headers alone
    "corrupt_gzip": (("whole", "no gzip"), GOES_ON),
    "empty": (("whole", ""), GOES_ON),
    "error": (("whole", "HTTP/1.1 503 Service Unavailable"), GOES_ON),
    "garbage": (("closed", "no HTTP"), GOES_ON),
    "html_page": (("whole", "HTTP/1.1 200 OK"), GOES_ON),
    "no_stream": (("whole", "HTTP/1.1 200 OK"), GOES_ON),
    # what a stream goes on after
    **dict.fromkeys(
        ("bad_encoding", "bandwidth", "duplicate_event", "idle_close", "malformed_json", "missing_event_name",
         "reordered_events", "slow_first_token", "slow_tokens", "wrong_length", "wrong_type"), (GOES_ON, GOES_ON)
    ),
    # below HTTP: connections that are open, and requests that have arrived, are left alone
    **dict.fromkeys(
        ("dns", "reset_on_accept", "tls_stall", "tls_reset", "bad_certificate", "upload_stall"), (GOES_ON, GOES_ON)
    ),
}  # fmt: skip


def last_seen(client: RawClient) -> str:
    """The last event, or the status of what is no stream."""
    message = parse(client.data)
    if message is None:
        return ""
    if not message.status.startswith("HTTP/"):
        return "no HTTP"
    if "transfer-encoding" not in message.headers:
        return message.status
    return next(iter([*told(message.chunks)][::-1]), "")


@pytest.mark.parametrize("has_begun", [False, True], ids=["in the queue", "in the stream"])
@pytest.mark.parametrize("kind", FAULTS)
@on_loop
async def test_what_was_in_flight_ends_like_this(kind: str, has_begun: bool) -> None:
    """A phase that hits what is in flight ends each request as its fault says for the state that it is in."""
    end, last = WHEN_STRUCK[kind][has_begun]
    goes_on = last == "message_stop" or kind == "nat_death"  # which keeps its slot to the end
    settings = {
        name: value for name, value in FAULTS[kind].example.items() if name not in ("at", "for", "share", "per")
    }
    phase = Phase(10.0, (aimed(fault_of(settings), 0, on_port_too=True),), hits_in_flight=True)
    what = service(CALM, phase, CALM, tokens=ENDLESS, capacity=Capacity.model_validate({"slots": 1}))
    async with (
        serving(what) as server,
        await RawClient.connect(server.port) as holder,
        await RawClient.connect(server.port) as client,
    ):
        slots = server.endpoint.slots
        if not has_begun:
            await holder.send(request(stream=True, who="2/0/0/0"))
            await until(lambda: slots.busy)
        await client.send(request(stream=True, who="0/0/0/0", max_tokens=50 if goes_on else ENDLESS))
        if has_begun:
            await client.until(b"content_block_delta")
        else:
            await until(lambda: slots.waiting)
        server.enter(1)
        server.enter(2)
        holder.close()
        assert (await how_it_ends(server, client))[0] == end
        assert last_seen(client) == last


def sdk(server: WireServer, max_retries: int) -> anthropic.AsyncAnthropic:
    http = anthropic.DefaultAsyncHttpxClient(trust_env=False)
    url = f"http://127.0.0.1:{server.port}"
    return anthropic.AsyncAnthropic(api_key="k", base_url=url, max_retries=max_retries, http_client=http)


@on_loop
async def test_the_sdk_does_not_notice_that_an_idle_connection_was_broken() -> None:
    """Without a single retry its next call goes through, on a new connection."""
    nobody = RESET.model_copy(update={"where": Where(clients=frozenset({99}))})
    async with serving(service(CALM, Phase(10.0, (nobody,), hits_idle=True))) as server, sdk(server, 0) as client:
        await client.messages.create(**DEFAULT)
        (before,) = server.connections
        server.enter(1)
        await until(lambda: not server.connections)
        assert (await client.messages.create(**DEFAULT)).stop_reason == "end_turn"
        (after,) = server.connections
        assert after is not before
        assert len(server.endpoint.journal()) == 2


@pytest.mark.parametrize("max_retries", [0, 2])
@on_loop
async def test_the_sdk_retries_a_connection_that_breaks_as_it_sends(max_retries: int) -> None:
    """A kept-alive connection that dies only when the next request arrives costs one retry, or the call."""
    second = RESET.model_copy(update={"where": Where(calls=frozenset({1}))})
    async with serving(service(Phase(10.0, (second,)))) as server, sdk(server, max_retries) as client:
        await client.messages.create(**DEFAULT)
        result = await outcome(client.messages.create(**DEFAULT))
        if max_retries:
            assert isinstance(result, anthropic.types.Message)
        else:
            assert isinstance(result, anthropic.APIConnectionError)
        assert len(server.endpoint.journal()) == (3 if max_retries else 2)

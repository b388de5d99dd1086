"""What virtual time costs: CPU per call of the real SDK in it, against the same SDK over a stream of canned bytes.

The canned stream has no server, no network and no clock: what it costs is the SDK's own, and the ratio says what we
add. It never waits, either; a second one waits for an event loop's next turn before each piece, which is the least that
any clock costs. Both for one caller, and for a crowd, whose answers come in turns, so that caches help nobody.
Both sides must have parsed the same answers in the same pieces, else nothing is measured and it exits with 1.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import ssl
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain
from time import process_time
from typing import Any, NamedTuple

import anthropic
from run import Different, Results, main, spread

from brownout.fakes.latency import BYTES_PER_TOKEN
from brownout.fakes.virtual.patches import replaced
from brownout.fakes.virtual.transport import MemorySocket
from brownout.harness.client import Client
from brownout.harness.drivers.sdk.port import MODEL
from brownout.harness.drivers.virtual import blocking
from brownout.harness.drivers.virtual import run as asynchronous
from brownout.harness.drivers.virtual.backends import LIBRARIES
from brownout.harness.drivers.virtual.run import URL, served
from brownout.harness.few_collections import few_collections
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.scenario import Scenario

SEED = 1
TARGET = 1.3
"""The most that a call in virtual time should cost, in calls over the canned stream."""
INPUT_TOKENS, OUTPUT_TOKENS = 1500, 60
REQUEST: dict[str, Any] = {
    "model": MODEL,
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "x" * (BYTES_PER_TOKEN * INPUT_TOKENS)}],
}
DEFAULTS = "{name: sdk-defaults, layers: [{sdk: {max_retries: 2}}]}"


class Load(NamedTuple):
    """So many clients at a time, each making so many calls, one after the other."""

    clients: int
    calls: int
    stream: bool

    @property
    def in_all(self) -> int:
        return self.clients * self.calls


class Taken(NamedTuple):
    """Seconds of CPU, and what was seen for them: of each call the length of its text, and how many events came."""

    seconds: float
    seen: list[tuple[int, int]]


# -- what calls the SDK: the same code on both sides


async def call(client: anthropic.AsyncAnthropic, is_stream: bool) -> tuple[int, int]:
    if not is_stream:
        return _length(await client.messages.create(**REQUEST)), 1
    events = 0
    async with client.messages.stream(**REQUEST) as stream:
        async for _ in stream:
            events += 1
        return _length(await stream.get_final_message()), events


def call_blocking(client: anthropic.Anthropic, is_stream: bool) -> tuple[int, int]:
    if not is_stream:
        return _length(client.messages.create(**REQUEST)), 1
    events = 0
    with client.messages.stream(**REQUEST) as stream:
        for _ in stream:
            events += 1
        return _length(stream.get_final_message()), events


def _length(message: anthropic.types.Message) -> int:
    (block,) = message.content
    assert block.type == "text"
    return len(block.text)


def run_in_loop(load: Load) -> Taken:
    """All calls of a load, with an event loop of whichever time rules."""

    async def calls_of(client: anthropic.AsyncAnthropic) -> list[tuple[int, int]]:
        return [await call(client, load.stream) for _ in range(load.calls)]

    async def run() -> Taken:
        clients = [
            anthropic.AsyncAnthropic(
                api_key="none", base_url=URL, http_client=anthropic.DefaultAsyncHttpxClient(verify=no_tls())
            )
            for _ in range(load.clients)
        ]
        began = process_time()
        seen = await asyncio.gather(*map(calls_of, clients))
        taken = process_time() - began
        for each in clients:
            await each.close()
        return Taken(taken, list(chain.from_iterable(seen)))

    return asyncio.run(run())


def _run_blocking(load: Load, is_threaded: bool) -> Taken:
    """The same with the blocking SDK, in threads or one client after the other."""

    def calls_of(client: anthropic.Anthropic) -> list[tuple[int, int]]:
        return [call_blocking(client, load.stream) for _ in range(load.calls)]

    clients = [
        anthropic.Anthropic(api_key="none", base_url=URL, http_client=anthropic.DefaultHttpxClient(verify=no_tls()))
        for _ in range(load.clients)
    ]
    began = process_time()
    if is_threaded:
        with ThreadPoolExecutor(load.clients) as pool:
            seen = list(pool.map(calls_of, clients))
    else:
        seen = list(map(calls_of, clients))
    taken = process_time() - began
    for each in clients:
        each.close()
    return Taken(taken, list(chain.from_iterable(seen)))


def no_tls() -> ssl.SSLContext:
    """Nothing speaks TLS; an empty context saves the 35 ms in which each client would load its certificates."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


# -- in virtual time


def scenario_of(load: Load) -> Scenario:
    """A service with nothing wrong, and the load for the driver."""
    text = f"""
name: calm
workload:
  clients: {load.clients}
  arrivals: {{kind: closed, think: 0s}}
  calls:
    deadline: 600s
    stream: {100 * load.stream}%
    input_tokens: {INPUT_TOKENS}
    output_tokens: {OUTPUT_TOKENS}
    max_tokens: {REQUEST["max_tokens"]}
  limit: {load.calls}
server:
  latency: {{profile: sonnet}}
  capacity: {{slots: 400, queue: 400}}
timeline:
  - {{for: 1h}}
"""
    return loads(text, Scenario)


def _in_virtual_time(run: Callable[[], Taken], scenario: Scenario) -> Taken:
    """A program of a user's own, which knows nothing of us."""
    with served(scenario, SEED) as (_, server):
        server.begin()
        return run()


def _by_driver(run: Callable[..., Ledger], scenario: Scenario) -> Taken:
    """Through the engine of layers, each call and request recorded; to make the clients is in it."""
    client = loads(DEFAULTS, Client)
    began = process_time()
    ledger = run(scenario, client, SEED)
    taken = process_time() - began
    failed = [call for call in ledger.calls if call.outcome != "ok"]
    if failed:
        raise Different(f"a call of the driver failed: {failed[0]}")
    return Taken(taken, [(0, 0)] * len(ledger.calls))


# -- over canned bytes


class _Canned:
    """A connection on which the next piece of the answer is always there. Reads on from answer to answer."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces
        self._next = 0

    @property
    def is_between_answers(self) -> bool:
        return self._next in (0, len(self._pieces))

    def get_extra_info(self, info: str) -> Any:
        return False if info == "is_readable" else None

    def _read(self) -> bytes:
        if self._next == len(self._pieces):
            self._next = 0
        piece = self._pieces[self._next]
        self._next += 1
        return piece


class CannedAsyncStream(_Canned):
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._read()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        pass

    async def aclose(self) -> None:
        pass


class _WaitingAsyncStream(CannedAsyncStream):
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn
        return self._read()


class _CannedStream(_Canned):
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._read()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        pass

    def close(self) -> None:
        pass


@contextmanager
def canned_network(
    pieces: Sequence[bytes], kind: type[CannedAsyncStream] = CannedAsyncStream
) -> Iterator[list[_Canned]]:
    """While this lasts, the HTTP library's connections are canned; gives those that were opened."""
    opened: list[_Canned] = []

    async def connect(*_: Any, **__: Any) -> _Canned:
        opened.append(kind(pieces))
        return opened[-1]

    def connect_blocking(*_: Any, **__: Any) -> _Canned:
        opened.append(_CannedStream(pieces))
        return opened[-1]

    with ExitStack() as stack:
        for name in LIBRARIES:
            auto = importlib.import_module(f"{name}._backends.auto").AutoBackend
            stack.enter_context(replaced(auto, connect_tcp=connect))
            stack.enter_context(replaced(importlib.import_module(name).SyncBackend, connect_tcp=connect_blocking))
        yield opened


def _over_canned_bytes(
    run: Callable[[], Taken],
    load: Load,
    pieces: Sequence[bytes],
    kind: type[CannedAsyncStream] = CannedAsyncStream,
) -> Taken:
    with few_collections(), canned_network(pieces, kind) as opened:
        taken = run()
    if len(opened) != load.clients or not all(each.is_between_answers for each in opened):
        raise Different("canned: connections were not kept alive, or an answer was not read to its end")
    return taken


def pieces_of(run: Callable[[Load], Taken], load: Load) -> list[bytes]:
    """What a client reads of one answer in virtual time, piece by piece."""
    pieces: list[bytes] = []
    recv = MemorySocket.recv

    def recording(socket: MemorySocket, most: int) -> bytes | None:
        data = recv(socket, most)
        if data:
            pieces.append(data)
        return data

    with replaced(MemorySocket, recv=recording):
        _in_virtual_time(partial(run, load._replace(clients=1, calls=2)), scenario_of(load))
    half = len(pieces) // 2
    if [len(each) for each in pieces[:half]] != [len(each) for each in pieces[half:]]:
        raise Different("two answers to the same request do not come in the same pieces")
    return pieces[:half]


# -- figures


def measure(is_quick: bool) -> Results:
    """Ratios, milliseconds and the hour. Raises Different if the two sides have not seen the same."""
    rounds = 1 if is_quick else 7
    results: Results = {}
    for stream in (False, True):
        kind = "stream" if stream else "plain"
        one = Load(clients=1, calls=2 if is_quick else 50 if stream else 200, stream=stream)
        crowd = Load(clients=2 if is_quick else 20, calls=2 if is_quick else 10, stream=stream)
        for load, name, target in ((one, kind, TARGET), (crowd, f"{kind}.crowd", None)):
            results |= _measure(f"async.{name}", load, rounds, target, run_in_loop, run_in_loop, asynchronous.run)
            # Over canned bytes nobody waits, and real threads would get in each other's way at our profit.
            canned, virtual = (partial(_run_blocking, is_threaded=it and load.clients > 1) for it in (False, True))
            results |= _measure(f"blocking.{name}", load, rounds, target, canned, virtual, blocking.run)
    return results | _hour(60 if is_quick else 3600)


def _measure(
    name: str,
    load: Load,
    rounds: int,
    target: float | None,
    canned: Callable[[Load], Taken],
    virtual: Callable[[Load], Taken],
    driver: Callable[..., Ledger],
) -> Results:
    scenario, pieces = scenario_of(load), pieces_of(virtual, load)
    arms: dict[str, Callable[[], Taken]] = {
        "canned": lambda: _over_canned_bytes(partial(canned, load), load, pieces),
        "virtual": lambda: _in_virtual_time(partial(virtual, load), scenario),
        "driver": lambda: _by_driver(driver, scenario),
    }
    if canned is run_in_loop:
        arms["waiting"] = lambda: _over_canned_bytes(partial(canned, load), load, pieces, _WaitingAsyncStream)
    per_call: dict[str, list[float]] = {arm: [] for arm in arms}
    seen: dict[str, list[tuple[int, int]]] = {}
    for _ in range(rounds):
        for arm, run in arms.items():
            gc.collect()
            taken = run()
            seen[arm] = taken.seen
            per_call[arm].append(taken.seconds / load.in_all)
        if seen["canned"] != seen["virtual"] or not all(len(each) == load.in_all for each in seen.values()):
            raise Different(f"{name}: in virtual time and over canned bytes the SDK saw different answers")
    results: Results = {}
    for title, arm, other in (
        ("virtual.vs_canned_stream", "virtual", "canned"),
        ("virtual.vs_waiting_stream", "virtual", "waiting"),
        ("virtual.driver_vs_canned_stream", "driver", "canned"),
    ):
        if other in per_call:
            ratios = [own / its for own, its in zip(per_call[arm], per_call[other], strict=True)]
            results[f"{title}.{name}"] = spread(ratios)
    if target is not None:
        results[f"virtual.vs_canned_stream.{name}"]["at_most"] = target
    for arm, seconds in per_call.items():
        results[f"virtual.cpu_ms_per_call.{arm}.{name}"] = spread([1000 * each for each in seconds])
    results[f"virtual.counts.{name}"] = {"calls": load.in_all, "pieces": len(pieces), "events": seen["virtual"][0][1]}
    return results


def _hour(seconds: int) -> Results:
    """An hour of a calm day, as fast as it will go."""
    text = f"""
name: calm-hour
workload:
  clients: 200
  arrivals: {{kind: poisson, rate: 2/s}}
  calls:
    deadline: 120s
    stream: 50%
    input_tokens: {{median: 1500, p95: 8000}}
    output_tokens: {{median: 100, p95: 400}}
server:
  latency: {{profile: sonnet}}
  capacity: {{slots: 400, queue: 400}}
timeline:
  - {{for: {seconds}s}}
"""
    scenario, client = loads(text, Scenario), loads(DEFAULTS, Client)
    gc.collect()
    began = process_time()
    ledger = asynchronous.run(scenario, client, SEED)
    taken = process_time() - began
    return {
        "virtual.seconds_per_cpu_second": spread([seconds / taken]),
        "virtual.counts.hour": {
            "calls": len(ledger.calls),
            "ok": sum(call.outcome == "ok" for call in ledger.calls),
            "streamed tokens": sum(served.sent_tokens for served in ledger.journal if served.stream),
            "CPU seconds": round(taken, 1),
        },
    }


if __name__ == "__main__":
    main(measure)

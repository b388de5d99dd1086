"""Whatever bytes come, however they are cut, and however the client goes: the server stands."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Literal, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brownout.fakes.faults import Fault
from brownout.fakes.http.bounds import Bounds
from brownout.fakes.timeline import Phase

from ...loops import LOOPS, PATIENCE
from .raw import RawClient, request
from .serving import fault_of, service, standing

BOUNDS = Bounds(head=4000, headers=30, body=20_000, pipelined=4, patience=0.2, unread=100_000)
"""Small ones, so that they are met."""
End = Literal["close", "reset", "finish", "finish and close", "read"]
WHOLE = [
    request(),
    request(stream=True),
    request(stream=True, headers={"connection": "close"}),
    request(headers={"content-length": "", "transfer-encoding": "chunked"}, body=b"3\r\n{ }\r\n0\r\nx: y\r\n\r\n"),
    request(headers={"expect": "100-continue"}),
    request(headers={"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2-settings": "AAMAAABk"}),
    request(method="GET", path="/v1/models", body=b""),
    request(method="HEAD", path="/", body=b""),
    b"GET / HTTP/1.0\r\n\r\n",
]
FAULTS: list[tuple[Fault, ...]] = [
    (),
    *(
        (fault_of({"kind": kind, "share": "50%"}),)
        for kind in ("reset", "nat_death", "close", "blackhole", "no_answer")
    ),
]
ODD = st.sampled_from([b"\r\n", b"\n", b"\0", b"\xff", b": ", b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"HTTP/2", b"-1"])


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A request with bytes changed, taken out, doubled or put in."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        upto = min(len(data), at + draw(st.integers(0, 12)))
        data[at:upto] = draw(st.one_of(st.just(b""), ODD, st.binary(max_size=8), st.just(bytes(data[at:upto]) * 2)))
    return bytes(data)


class Visit(NamedTuple):
    """What one client does."""

    data: bytes
    cuts: tuple[int, ...]
    end: End

    async def pay(self, port: int) -> None:
        """Send it all in pieces, if it is heard so long, and go."""
        async with await RawClient.connect(port) as client:
            with suppress(ConnectionError, OSError):
                for start, stop in zip((0, *self.cuts), (*self.cuts, len(self.data)), strict=True):
                    await client.send(self.data[start:stop])
                    await asyncio.sleep(0)
                if self.end == "reset":
                    client.reset()
                if self.end in ("finish", "finish and close"):
                    client.finish()
                if self.end in ("finish", "read"):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(client.to_the_end(), 0.05)  # some are never answered


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    data = b"".join(draw(st.lists(st.one_of(spoilt(), spoilt(), st.binary(max_size=60)), min_size=1, max_size=6)))
    cuts = draw(st.lists(st.integers(0, len(data)), max_size=4))
    return Visit(data, tuple(sorted(cuts)), draw(st.sampled_from(End.__args__)))  # type: ignore[attr-defined]


@pytest.mark.parametrize("loop", LOOPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(clients=st.lists(visits(), min_size=1, max_size=8), faults=st.sampled_from(FAULTS))
def test_it_stands(clients: list[Visit], faults: tuple[Fault, ...], loop: str) -> None:
    """No exception reaches the event loop, nothing hangs, and when all have left there is nothing of them."""
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(asyncio.wait_for(_stand(clients, faults), PATIENCE))


async def _stand(clients: list[Visit], faults: tuple[Fault, ...]) -> None:
    async with standing(service(Phase(0.0, faults), Phase(1e9), tokens=3), bounds=BOUNDS) as server:
        await asyncio.gather(*(visit.pay(server.port) for visit in clients))
        server.enter(1)

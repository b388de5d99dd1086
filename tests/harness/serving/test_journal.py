"""The journal: what a record holds, pages, and the stream that goes on while the server does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from brownout.fakes.draws import Identity
from brownout.fakes.journal import Served
from brownout.harness.serving import journal as journals
from brownout.harness.serving.journal import LATE, Journal

from ...loops import on_loop
from .hosting import ASK, Hosted, hosted, until


@on_loop
async def test_a_record() -> None:
    """Head and end at the times that were planned, as far as the machine keeps them; no prompt, no key."""
    async with hosted() as here:
        await here.ask(key="sk-secret", test="one", messages=[{"role": "user", "content": "my prompt"}])
        await here.post("faults", fault={"kind": "overload", "at": "arrival"}, test="two")
        await here.ask(key="sk-secret", test="two")
        found = await here.control.get("journal")
    assert "sk-secret" not in found.text
    assert "prompt" not in found.text
    first, second = found.json()["records"]
    head, end = first.pop("head"), first.pop("end")
    times = {name: first.pop(name) for name in ("arrived", "granted", "ended", "lateness", "late")}
    assert first == {
        "number": 1, "kind": "request", "who": {"client": 0, "call": 0, "attempt": 0, "branch": 0}, "test": "one",
        "stream": False, "input_tokens": first["input_tokens"], "output_tokens": 8, "sent_tokens": 0, "status": 200,
        "complete": True, "fault": None, "fired": False, "retry_after": None, "left": None,
    }  # fmt: skip
    assert times["arrived"] <= times["granted"] <= head["at"] <= end["at"] == times["ended"]
    assert times["arrived"] < head["due"] <= head["at"]
    assert end["due"] <= end["at"]
    assert times["lateness"] >= head["at"] - head["due"]
    assert (second["test"], second["status"], second["fault"], second["fired"]) == (
        "two", 529, "scripted 1: overload", True
    )  # fmt: skip
    assert second["head"]["due"] <= second["head"]["at"]


@on_loop
async def test_a_client_that_leaves_hears_no_end() -> None:
    async with hosted() as here:
        await here.post("faults", fault={"kind": "stall", "at": {"tokens": 2}})
        async with here.fake.stream(
            "POST", "/v1/messages", json=ASK | {"stream": True}, headers={"x-api-key": "k"}
        ) as answer:
            async for _ in answer.aiter_lines():
                break
            assert (await here.state())["requests"] == {"served": 0, "under_way": 1, "turned_away": 0}
        await until(lambda: len(here.host.desk.journal) == 1)
        [record] = (await here.get("journal"))["records"]
    assert (record["end"], record["complete"], record["status"]) == (None, False, 200)
    assert record["left"] is not None


@on_loop
async def test_pages() -> None:
    async with hosted() as here:
        for i in range(5):
            await here.ask(test=f"t{i}")
        pages, after = [], 0
        for _ in range(4):
            page = await here.get("journal", after=after, limit=2)
            pages.append([record["test"] for record in page["records"]])
            after = page["next"]
            assert page["total"] == 5
    assert pages == [["t0", "t1"], ["t2", "t3"], ["t4"], []]
    assert after == 5


@on_loop
async def test_pages_of_one_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full ones, and one that was looked for as long as may be; so does the stream."""
    monkeypatch.setattr(journals, "MOST_LOOKS", 5)
    async with hosted() as here:
        for i in range(12):
            await here.ask(test="mine" if i in (0, 3, 4, 11) else "others")
        found, after = [], 0
        while after < 12:
            page = await here.get("journal", after=after, limit=2, test="mine")
            found.append([record["number"] for record in page["records"]])
            after = page["next"]
        assert found == [[1, 4], [5], [12]]
        stream = lines(here, "journal/stream?after=0&test=mine")
        assert await anext(stream) is None
        assert [(await anext(stream))["number"] for _ in range(4)] == [1, 4, 5, 12]


async def lines(here: Hosted, path: str) -> AsyncIterator[Any]:
    """The records of a stream, as they come. The first is None: the stream has begun."""
    async with here.control.stream("GET", path) as answer:
        assert answer.headers["content-type"] == "application/x-ndjson"
        yield None
        async for line in answer.aiter_lines():
            yield json.loads(line)


@on_loop
async def test_the_stream() -> None:
    """What comes from now on, or from a number on; a reset begins anew. It ends with the client."""
    async with hosted() as here:
        await here.ask(test="before")
        live, whole = lines(here, "journal/stream"), lines(here, "journal/stream?after=0")
        for stream in (live, whole):
            assert await anext(stream) is None
        assert (await anext(whole))["test"] == "before"
        await here.ask(test="after")
        for stream in (live, whole):
            record = await anext(stream)
            assert (record["number"], record["test"]) == (2, "after")
        assert record == (await here.get("journal", after=1))["records"][0]
        await here.post("reset")
        await here.ask(test="anew")
        for stream in (live, whole):
            assert await anext(stream) == {"kind": "reset"}
            assert (await anext(stream))["number"] == 1
        for stream in (live, whole):
            await stream.aclose()  # type: ignore[attr-defined]
        await until(lambda: not here.host.desk.journal.followers)


@on_loop
async def test_the_stream_ends_with_the_server() -> None:
    async with hosted() as here:
        stream = lines(here, "journal/stream")
        assert await anext(stream) is None
        await here.host.stop()
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


@on_loop
async def test_a_reader_that_is_slow_gets_everything() -> None:
    """What it has not read waits in the journal, not in the server's buffers."""
    async with hosted() as here:
        stream = lines(here, "journal/stream")
        assert await anext(stream) is None
        journal = here.host.desk.journal
        for call in range(20_000):
            journal.add(served(call))
        [control] = [each for each in here.host._connections if each._sent is not None]
        assert control._is_unread
        assert control._transport.get_write_buffer_size() < 1_000_000
        numbers = [(await anext(stream))["number"] for _ in range(20_000)]
    assert numbers == list(range(1, 20_001))


def served(call: int, lateness: float = 0.0) -> Served:
    return Served(Identity(0, call), False, 1, 1, 0.0, 0.0, 1.0, None, 1.0, 200, 1, None, False, lateness)


@pytest.mark.parametrize("scale", [1.0, 20.0])
def test_lateness_is_judged_in_real_time(scale: float) -> None:
    journal = Journal(scale)
    for call, late in enumerate((0.0, LATE * 0.9, LATE * 1.1, LATE * 3)):
        journal.add(served(call, late * scale))
    assert [record["late"] for record in journal.page(0, 9)[0] if record["kind"] == "request"] == [
        False, False, True, True
    ]  # fmt: skip
    assert (journal.late, journal.worst) == (2, pytest.approx(LATE * 3))
    journal.clear()
    assert (journal.late, journal.worst, journal.served, len(journal)) == (0, 0.0, 0, 0)

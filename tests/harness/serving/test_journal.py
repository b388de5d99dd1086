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


def test_the_latest_are_kept() -> None:
    """Numbers go on; what is asked for from before the oldest begins with it. No more memory than for a few more."""
    journal = Journal(1.0, 100)
    for call in range(1000):
        journal.add(served(call, LATE * 2 if call == 3 else 0.0))
        assert len(journal._entries) <= 110
        assert journal.oldest == max(1, call + 1 - 99)
    assert (len(journal), journal.served, journal.late) == (1000, 1000, 1)
    assert [record.who.call for record in journal.requests] == [*range(900, 1000)]
    for after, numbers in ((0, [901, 902]), (900, [901, 902]), (950, [951, 952]), (999, [1000]), (1000, [])):
        found, looked_at = journal.page(after, 2)
        assert [record["number"] for record in found] == numbers
        assert looked_at == (numbers[-1] if numbers else 1000)
        assert [record["who"]["call"] for record in found if record["kind"] == "request"] == [n - 1 for n in numbers]
    journal.clear()
    assert (len(journal), journal.oldest, journal.page(0, 9)) == (0, 1, ([], 0))


def test_the_latest_of_one_test() -> None:
    journal = Journal(1.0, 10)
    for call in range(100):
        journal.add(served(call)._replace(test="mine" if call % 3 == 0 else "others"))
    found, looked_at = journal.page(0, 9, "mine")
    assert ([record["number"] for record in found], looked_at) == ([91, 94, 97, 100], 100)


@on_loop
async def test_a_page_says_what_it_has_missed() -> None:
    """And so does a stream; the server itself keeps no second list."""
    async with hosted(journal=3) as here:
        for i in range(5):
            await here.ask(test=f"t{i}")
        page = await here.get("journal", after=1)
        assert [record["test"] for record in page["records"]] == ["t2", "t3", "t4"]
        assert [page[name] for name in ("next", "total", "oldest", "missed")] == [5, 5, 3, 1]
        page = await here.get("journal", after=3)
        assert [page[name] for name in ("next", "total", "oldest", "missed")] == [5, 5, 3, 0]
        stream = lines(here, "journal/stream?after=0")
        assert await anext(stream) is None
        assert await anext(stream) == {"kind": "missed", "records": 2}
        assert [(await anext(stream))["number"] for _ in range(3)] == [3, 4, 5]
        assert (await here.state())["requests"]["served"] == 5
        assert here.host.server.endpoint.journal() == []
        await here.post("reset")
        await here.ask()
        assert await anext(stream) == {"kind": "reset"}
        assert (await anext(stream))["number"] == 1
        page = await here.get("journal")
        assert [page[name] for name in ("next", "total", "oldest", "missed")] == [1, 1, 1, 0]


SPENDING = """
name: capped
workload: {arrivals: {kind: closed}, calls: {output_tokens: 8}}
server:
  latency: {first_token: 10ms, token_gap: 1ms, round_trip: 1ms}
  billing: {input: $0/M, output: $1000/M}
  limits: {spending: {cap: $0.02}}
timeline: [{for: 1h}]
"""


@on_loop
async def test_a_spend_cap_counts_what_the_journal_has_forgotten() -> None:
    """Three answers of eight tokens are too much, and a journal of one record does not make them less."""
    async with hosted(SPENDING, journal=1) as here:
        assert [(await here.ask()).status_code for _ in range(5)] == [200, 200, 200, 429, 429]

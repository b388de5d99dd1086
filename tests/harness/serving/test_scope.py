"""Faults for one API key or one test, while others ask too."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest

from brownout.fakes.script import hashed

from ...loops import on_loop
from .hosting import Hosted, hosted, until


async def statuses(here: Hosted, times: int, **who: Any) -> Counter[int]:
    answers = await asyncio.gather(*(here.ask(**who) for _ in range(times)))
    return Counter(answer.status_code for answer in answers)


@on_loop
async def test_two_tests_at_once() -> None:
    async with hosted() as here:
        await here.post("faults", fault={"kind": "overload"}, times=3, test="one")
        await here.post("faults", fault={"kind": "rate_limit"}, times=2, test="two")
        found = await asyncio.gather(*(statuses(here, 5, test=test) for test in ("one", "two", "")))
        assert found == [{529: 3, 200: 2}, {429: 2, 200: 3}, {200: 5}]
        records = (await here.get("journal"))["records"]
        assert Counter((record["test"], record["fault"]) for record in records if record["fired"]) == {
            ("one", "scripted 1: overload"): 3,
            ("two", "scripted 2: rate_limit"): 2,
        }


@on_loop
async def test_a_test_sees_and_takes_back_its_own() -> None:
    async with hosted() as here:
        for test in ("one", "two"):
            await here.post("faults", fault={"kind": "overload"}, times=None, test=test)
        assert [each["id"] for each in (await here.get("faults", test="two"))["faults"]] == ["fault-2"]
        assert (await here.control.delete("faults?test=one")).status_code == 204
        assert [(await here.ask(test=test)).status_code for test in ("one", "two")] == [200, 529]


@on_loop
async def test_what_is_used_up_costs_requests_nothing() -> None:
    async with hosted() as here:
        for _ in range(5):
            await here.post("faults", fault={"kind": "overload"}, test="one")
            assert [(await here.ask(test="one")).status_code for _ in range(2)] == [529, 200]
        assert len(here.host.server.endpoint.timeline.script) == 1
        assert [each["fired"] for each in (await here.get("faults"))["faults"]] == [1] * 5


@on_loop
async def test_two_keys_at_once() -> None:
    """Either style of showing one. Neither is told to anybody, nor kept."""
    async with hosted() as here:
        made = await here.post("faults", fault={"kind": "overload"}, times=None, key="sk-secret")
        assert made["key"] == hashed("sk-secret")[:8]
        found = await asyncio.gather(statuses(here, 4, key="sk-secret"), statuses(here, 4, key="sk-other"))
        assert found == [{529: 4}, {200: 4}]
        bearer = await here.fake.post("/v1/messages", json={}, headers={"authorization": "Bearer sk-secret"})
        assert bearer.status_code == 400  # asked wrongly: nothing is scripted for that
        told = [(await here.control.get(path)).text for path in ("state", "faults", "journal", "complaints")]
        assert not any("sk-" in each for each in told)


@on_loop
async def test_both_a_key_and_a_test() -> None:
    async with hosted() as here:
        await here.post("faults", fault={"kind": "overload"}, times=None, key="a", test="t")
        asked = [{"key": "a"}, {"test": "t"}, {"key": "a", "test": "u"}, {"key": "a", "test": "t"}]
        assert [(await here.ask(**who)).status_code for who in asked] == [200, 200, 200, 529]


@on_loop
async def test_a_connection_that_is_kept_out_for_one_test_alone() -> None:
    """Whose it is shows with its request: until then it is let in, and nobody else's turn is taken."""
    async with hosted() as here:
        await here.post("faults", fault={"kind": "refuse"}, test="one")
        for test, is_out in (("two", False), ("one", True), ("one", False)):
            async with httpx2.AsyncClient(base_url=here.host.url) as fresh:
                other = Hosted(here.host, fresh, here.control)
                if is_out:
                    with pytest.raises(httpx2.TransportError):
                        await other.ask(test=test)
                else:
                    assert (await other.ask(test=test)).status_code == 200
        assert (await here.state())["requests"]["turned_away"] == 1
        records = (await here.get("journal"))["records"]
        assert [record["kind"] for record in records] == ["request", "connection", "request"]


@on_loop
async def test_what_is_for_everybody_is_met_by_those_whom_a_scope_leaves_out() -> None:
    async with hosted() as here:
        await here.post("faults", fault={"kind": "rate_limit"}, times=None)
        await here.post("faults", fault={"kind": "overload"}, times=2, test="one")
        assert [(await here.ask(test=test)).status_code for test in ("one", "two", "one", "one")] == [
            529, 429, 529, 429
        ]  # fmt: skip
        await here.control.delete("faults")
        await until(lambda: not here.host.server.endpoint.timeline.script)
        assert (await here.ask(test="one")).status_code == 200

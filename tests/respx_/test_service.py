"""The fake behind mocked clients: scripted and read as in virtual time, with a clock of jumps and real waits."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from itertools import count
from typing import Any

import anthropic
import httpcore
import httpx
import httpx2
import pytest
import respx

import brownout
import brownout.respx
from brownout.fakes.virtual.errors import NobodyCanProceed, NotRouted, TimeIsUp
from brownout.faults import blackhole, overload, phase, rate_limit, refuse, reset, stall
from brownout.harness.testing.checked import ProvesNothing
from brownout.harness.testing.in_process import clock
from brownout.harness.testing.in_process.stage import LIMIT
from brownout.harness.testing.spans import TookTooLong

from ..fakes.wire.raw import DEFAULT
from .conftest import Machine

URL = "https://api.anthropic.com/v1/messages"
KEY = {"x-api-key": "k"}
ANSWER = 0.43
"""Seconds that an answer of the quick service takes on a new connection."""
near = partial(pytest.approx, abs=1e-4)
"""A handshake may not take no time at all."""


def ask(**given: Any) -> str | None:
    return anthropic.Anthropic(api_key="k", **given).messages.create(**DEFAULT).stop_reason


# -- time


def test_answers_take_their_time_of_the_clock_and_none_of_anybodys(machine: Machine) -> None:
    with brownout.respx.mock() as service:
        assert (service.now, service.backend, service.url) == (0.0, "respx", "https://api.anthropic.com")
        for number in (1, 2, 3):
            ask()
            assert service.now == near(number * ANSWER)
        assert service.trace.gaps == near([ANSWER, ANSWER])


def test_waits_between_requests_are_real_and_count(machine: Machine) -> None:
    with brownout.respx.mock() as service:
        ask()
        machine.now += 7.0
        assert service.now == near(7.0 + ANSWER)
        ask()
        assert service.trace.waits == near([7.0])


def test_a_stream_goes_on_while_the_program_is_busy(machine: Machine) -> None:
    """What has come meanwhile is read at once."""
    with brownout.respx.mock() as service, anthropic.Anthropic(api_key="k") as client:
        with client.messages.create(**DEFAULT, stream=True) as stream:
            next(iter(stream))
            machine.now += 0.1
            for _ in stream:
                pass
        assert service.now == near(ANSWER)


def test_real_time_that_passes_between_two_tokens_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """However it is rounded: what is due in less than the last digit of now is due."""
    ticks = count()
    monkeypatch.setattr(clock, "real", lambda: next(ticks) * 3.3e-5)
    with brownout.respx.mock() as service, anthropic.Anthropic(api_key="k") as client:
        service.answers(tokens=200, first_token="1ms", token_gap="10us")
        for _ in range(20):
            for _ in client.messages.create(**DEFAULT, stream=True):
                pass
        assert service.trace.complete == 20


def test_a_part_of_a_test_takes_too_long(machine: Machine) -> None:
    with brownout.respx.mock() as service:
        service.next(stall(for_="90s"))
        with pytest.raises(TookTooLong, match="took 90"), service.within("60s"):
            ask()
        with service.within("60s") as part:
            ask()
        assert part.spent == near(ANSWER)


def test_phases_begin_as_time_goes_on(machine: Machine) -> None:
    with brownout.respx.mock() as service:
        service.phases(phase("5s", refuse()), phase("1s"))
        with pytest.raises(anthropic.APIConnectionError):
            ask(max_retries=0)
        machine.now += 5.0
        assert ask(max_retries=0) == "end_turn"


def test_a_phase_hits_what_is_in_flight(machine: Machine) -> None:
    with brownout.respx.mock() as service:
        service.phases(phase("300ms"), phase("1s", reset(), hits=["in_flight"]))
        with pytest.raises(httpx2.ReadError), anthropic.Anthropic(api_key="k") as client:
            list(client.messages.create(**DEFAULT, stream=True))
        assert service.now == near(0.3)


def test_a_connection_comes_up_when_the_network_does(machine: Machine) -> None:
    """As TCP would, with the first SYN after that."""
    with brownout.respx.mock() as service:
        service.phases(phase("2500ms", blackhole()), phase("1s"))
        response = httpx.post(URL, json=DEFAULT, headers=KEY, timeout=httpx.Timeout(60.0, connect=4.0))
        assert response.status_code == 200
        assert service.trace.tries[-1].at == near(3.0)


def test_a_whole_incident(machine: Machine, at_once: None) -> None:
    """Its time is that of its answers, and of real waits that here are none."""
    with brownout.respx.mock("slow-generation", seed=3) as service:
        while service.now < 600.0:
            assert ask() is not None
        assert all(each.is_complete for each in service.trace.tries)


# -- limits


@pytest.mark.parametrize("kind", ["read", "connect"])
def test_without_a_limit_nothing_hangs(kind: str, machine: Machine) -> None:
    timeout = httpx2.Timeout(10.0, read=None)
    with brownout.respx.mock() as service, anthropic.Anthropic(api_key="k", timeout=timeout, max_retries=0) as client:
        if kind == "read":
            service.next(stall())
            with pytest.raises(NobodyCanProceed, match=r"POST https://.* would wait for ever"):
                client.messages.create(**DEFAULT)
        else:
            service.next(blackhole())
            with pytest.raises(anthropic.APIConnectionError) as caught:
                client.messages.create(**DEFAULT, timeout=None)
            assert "timed out" in str(caught.value.__cause__)  # by the system, after two minutes and more
            assert service.now > 100.0


def test_nothing_but_pings_comes_to_an_end(machine: Machine) -> None:
    with brownout.respx.mock() as service, anthropic.Anthropic(api_key="k") as client:
        service.next(stall(pings="60s"))
        with pytest.raises(TimeIsUp):
            list(client.messages.create(**DEFAULT, stream=True))
        assert service.now == pytest.approx(LIMIT, rel=0.01)
        assert service.trace.attempts == 1


def test_an_error_is_told_in_the_thread_that_asked(machine: Machine) -> None:
    caught: list[BaseException] = []

    def hang() -> None:
        try:
            httpx.post(URL, json=DEFAULT, headers=KEY, timeout=None)
        except NobodyCanProceed as error:
            caught.append(error)

    with brownout.respx.mock() as service:
        service.next(stall())
        thread = threading.Thread(target=hang)
        thread.start()
        thread.join()
    assert len(caught) == 1


def test_threads_take_turns() -> None:
    with brownout.respx.mock() as service, ThreadPoolExecutor(8) as threads:
        with anthropic.Anthropic(api_key="k") as client:

            def stream(_: int) -> str:
                with client.messages.stream(**DEFAULT) as answer:
                    return answer.get_final_text()

            texts = list(threads.map(stream, range(24)))
        assert len(set(texts)) == 1
        assert service.trace.complete == 24


# -- what was seen


def test_a_stream_that_is_left_is_seen(machine: Machine) -> None:
    with brownout.respx.mock() as service, anthropic.Anthropic(api_key="k") as client:
        with client.messages.stream(**DEFAULT) as stream:
            for _ in stream.text_stream:
                break
        assert service.trace.closed_by_client
        assert service.trace.tokens_wasted > 0


def test_a_retry_that_comes_too_early_is_seen(machine: Machine, at_once: None) -> None:
    with brownout.respx.mock() as service:
        service.next(rate_limit(retry_after="5s"))
        ask()
        assert service.trace.statuses == [429, 200]
        assert service.trace.too_early == near([5.0])


def test_what_did_not_come_to_pass_is_told() -> None:
    def test() -> None:
        with brownout.respx.mock() as service:
            service.next(overload(should_retry=False), times=2)
            with pytest.raises(anthropic.APIStatusError):
                ask()

    with pytest.raises(ProvesNothing, match="overload was scripted for 2 requests"):
        test()


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_nothing_else_can_be_reached(library: Any) -> None:
    def test() -> None:
        with brownout.respx.mock(), pytest.raises(library.ConnectError):
            library.get("https://example.com/")

    with pytest.raises(NotRouted, match=r"example\.com is not faked \(api\.anthropic\.com\)"):
        test()


@pytest.mark.parametrize(
    ("method", "path", "given", "status"),
    [
        ("POST", "/v1/messages", {"json": DEFAULT}, 401),
        ("POST", "/v1/messages", {"json": DEFAULT | {"model": ""}, "headers": KEY}, 400),
        ("POST", "/v1/messages", {"content": b"{", "headers": KEY}, 400),
        ("POST", "/v1/messages/count_tokens", {"json": DEFAULT, "headers": KEY}, 200),
        ("POST", "/v1/complete", {"json": DEFAULT, "headers": KEY}, 404),
        ("GET", "/v1/messages", {"headers": KEY}, 405),
        ("HEAD", "", {"headers": KEY}, 404),
        ("POST", "/v1/messages", {"content": iter([b"{", b"}"]), "headers": KEY}, 400),
        ("POST", "/v1/messages", {"json": DEFAULT, "headers": KEY}, 200),
        ("POST", "/client/7/v1/messages?beta=true", {"json": DEFAULT, "headers": KEY}, 200),
    ],
)
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_requests_are_checked(library: Any, method: str, path: str, given: dict[str, Any], status: int) -> None:
    if "content" in given and not isinstance(given["content"], bytes):
        given = given | {"content": iter([b"{", b"}"])}
    with brownout.respx.mock():
        response = library.request(method, f"https://api.anthropic.com{path}", **given)
    assert response.status_code == status
    assert response.headers["request-id"].startswith("req_")
    assert response.http_version == "HTTP/1.1"


def test_any_name_of_a_host_is_one_of_those_given() -> None:
    with brownout.respx.mock(hosts=["one.test", "two.test"]) as service:
        for host in ("one.test", "two.test:8443"):
            assert httpx2.post(f"http://{host}/v1/messages", json=DEFAULT, headers=KEY).is_success
        assert service.trace.complete == 2


@pytest.mark.parametrize("given", [{"hosts": "one"}, {"hosts": []}, {"seed": -1}, {"seed": True}])
def test_arguments_are_checked(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        brownout.respx.mock(**given)


def test_it_is_entered_in_an_event_loop() -> None:
    async def main() -> None:
        with brownout.respx.mock() as service:
            async with anthropic.AsyncAnthropic(api_key="k") as client:
                await asyncio.gather(*(client.messages.create(**DEFAULT) for _ in range(3)))
            assert service.trace.complete == 3

    asyncio.run(main())


# -- in a router of one's own


@pytest.mark.respx(using="httpx2")
def test_a_router_of_ones_own(respx_mock: respx.MockRouter) -> None:
    respx_mock.get("https://example.com/").respond(text="mine")
    service = brownout.respx.routes(respx_mock)
    service.next(overload(should_retry=False))
    assert httpx2.get("https://example.com/").text == "mine"
    with pytest.raises(anthropic.APIStatusError, match="overloaded_error"):
        ask()
    assert ask() == "end_turn"
    assert respx_mock.calls.call_count == 3
    assert service.complaints() == []


def test_a_router_of_ones_own_for_httpx(machine: Machine) -> None:
    with respx.mock(base_url="https://example.com") as router:
        service = brownout.respx.routes(router, "calm", seed=2)
        router.get("/").respond(text="mine")
        assert httpx.get("https://example.com/").text == "mine"
        assert httpx.post(URL, json=DEFAULT, headers=KEY, timeout=60.0).json()["role"] == "assistant"
    assert service.trace.complete == 1


# -- what is left


@pytest.mark.parametrize("error", [None, ZeroDivisionError])
def test_nothing_is_left_behind(error: type[Exception] | None) -> None:
    owners = (httpcore.ConnectionPool, httpcore.AsyncConnectionPool, httpx2.HTTPTransport, httpx2.AsyncHTTPTransport)
    before = [dict(vars(owner)) for owner in owners]
    with nullcontext() if error is None else pytest.raises(error), brownout.respx.mock():
        assert [dict(vars(owner)) for owner in owners] != before
        if error is not None:
            raise error
    assert [dict(vars(owner)) for owner in owners] == before
    assert all(mocker.routers == [] for mocker in respx.mocks.Mocker.registry.values())


def test_without_respx_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['respx'] = None; import brownout.respx"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "ImportError: brownout.respx needs respx: pip install 'brownout[test]'"

"""A program of a user's own in virtual time, as `brownout.virtual` puts it there."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import urllib.request
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children
from typing import Any

import anthropic
import httpx
import pytest

import brownout
from brownout.fakes.virtual.errors import NotRouted
from brownout.faults import stall
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario
from brownout.harness.testing.checked import NeverEnds

ASK = {"model": "claude-sonnet-5-5", "max_tokens": 16, "messages": [{"role": "user", "content": "Hello"}]}


def scenario(faults: str) -> Scenario:
    text = f"""
name: mine
workload: {{clients: 1, arrivals: {{kind: closed}}, calls: {{deadline: 60s}}}}
timeline: [{{for: 10s, faults: [{faults}]}}, {{for: 60s}}]
"""
    return loads(text, Scenario)


def test_its_own_clients_meet_the_incident() -> None:
    """A client that knows nothing of this is refused, and let in when the outage is over; both are counted."""
    with brownout.virtual(scenario("{kind: refuse}")) as service:
        client = anthropic.Anthropic(api_key="none", max_retries=0)
        with pytest.raises(anthropic.APIConnectionError):
            client.messages.create(**ASK)  # type: ignore[call-overload]
        assert service.requests == []
        patient = client.with_options(max_retries=20)
        assert patient.messages.create(**ASK).stop_reason == "max_tokens"  # type: ignore[call-overload]
        assert service.now > 10.0
        assert len(service.requests) == 1
        [(planned, fired)] = service.faults.values()
        assert planned == fired > 2


def test_a_connection_that_nobody_answers_is_counted_once() -> None:
    """However many SYNs are lost."""
    with brownout.virtual(scenario("{kind: blackhole}")) as service:
        client = anthropic.Anthropic(api_key="none", max_retries=0, timeout=30.0)
        assert client.messages.create(**ASK).stop_reason == "max_tokens"  # type: ignore[call-overload]
        assert service.faults == {"phase 1: blackhole": (1, 1)}


def test_a_client_made_before_is_routed_too() -> None:
    """So is plain httpx, under whatever host is named."""
    before = anthropic.Anthropic(api_key="none")
    with brownout.virtual("calm", hosts=("api.anthropic.com", "proxy.test")) as service:
        before.messages.create(**ASK)  # type: ignore[call-overload]
        answer = httpx.post("https://proxy.test/v1/messages", json=ASK, headers={"x-api-key": "none"}, timeout=60.0)
        assert answer.json()["type"] == "message"
        assert len(service.requests) == 2


def test_a_client_that_outlives_a_test_that_failed_goes_to_the_next_service() -> None:
    """Its connections are closed, however the time in which they were opened has ended."""
    client = anthropic.Anthropic(api_key="none")

    def fail() -> None:
        with brownout.virtual():
            client.messages.create(**ASK)  # type: ignore[call-overload]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with brownout.virtual() as service:
        client.messages.create(**ASK)  # type: ignore[call-overload]
        assert service.trace.attempts == 1


def test_no_key_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by a client that is made inside nor by one that was made before."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    before = anthropic.Anthropic()
    with brownout.virtual() as service:
        for client in (before, anthropic.Anthropic()):
            client.messages.create(**ASK)  # type: ignore[call-overload]
        assert service.trace.statuses == [200, 200]


def test_who_would_wait_for_ever_is_told_when_it_is_too_late() -> None:
    """Behind pings no timeout of the SDK's fires."""

    def wait() -> None:
        with brownout.virtual(limit="1h") as service:
            service.next(stall(pings="1s"), optional=True)
            with anthropic.Anthropic().messages.stream(**ASK) as stream:  # type: ignore[call-overload]
                stream.get_final_text()

    with pytest.raises(NeverEnds, match="3600 s of virtual time are over") as raised:
        wait()
    assert "attempt 1, stream: the client left after 3599.260 s, with 3 tokens" in str(raised.value)


def test_other_libraries_are_told_that_they_are_not_faked() -> None:
    """Although the host is."""

    def leave() -> None:
        with brownout.virtual("calm"), pytest.raises(OSError, match="nothing real"):
            urllib.request.urlopen("http://api.anthropic.com/")

    with pytest.raises(
        NotRouted, match=r"api\.anthropic\.com is faked for httpx, httpx2 and what stands on them, not for"
    ):
        leave()


def test_nothing_else_can_be_reached_even_if_the_program_does_not_mind() -> None:
    """The error names where it wanted to go, and what is faked."""

    def leave() -> None:
        with brownout.virtual("calm"), pytest.raises(httpx.ConnectError):
            httpx.get("https://example.com")

    with pytest.raises(NotRouted, match=r"example\.com:443 is not faked \(api\.anthropic\.com\)"):
        leave()


def test_one_run_is_like_the_other() -> None:
    """The SDK's jitter too is drawn under the seed, and another seed draws another."""

    def times(seed: int) -> list[float]:
        with brownout.virtual(scenario("{kind: overload}"), seed=seed) as service:
            client = anthropic.Anthropic(api_key="none", max_retries=5)
            client.messages.create(**ASK)  # type: ignore[call-overload]
            return [served.arrived for served in service.requests]

    assert times(1) == times(1)
    assert times(1) != times(2)


def test_it_is_not_entered_under_a_loop_that_runs() -> None:
    """That loop would wait in real time for what happens in virtual time."""

    async def main() -> None:
        with brownout.virtual("calm"):
            raise AssertionError("entered")

    with pytest.raises(RuntimeError, match=r"asyncio\.run"):
        asyncio.run(main())


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program never asked to go there itself; a client that was made before and would is told why."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.corp.test:3128")
    before = anthropic.Anthropic(api_key="none", max_retries=0)

    def ask() -> None:
        with brownout.virtual("calm"):
            anthropic.Anthropic(max_retries=0).messages.create(**ASK)  # type: ignore[call-overload]
            with pytest.raises(anthropic.APIConnectionError):
                before.messages.create(**ASK)  # type: ignore[call-overload]

    with pytest.raises(NotRouted, match="HTTPS_PROXY names it as a proxy"):
        ask()


def test_another_process_takes_real_time_and_none_of_ours() -> None:
    """Whatever its timeout; pools of processes are refused rather than waited for."""
    with brownout.virtual("calm") as service:
        subprocess.run([sys.executable, "-c", ""], timeout=60, check=True)
        assert service.now == 0.0
        with ProcessPoolExecutor(1) as pool, pytest.raises(NotImplementedError, match="pools of processes"):
            pool.submit(abs, -1)
        assert active_children() == []  # they would keep open whatever they were forked with


@pytest.mark.parametrize("wrong", [{"seed": "x"}, {"seed": -1}, {"hosts": "api.anthropic.com"}])
def test_arguments_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        brownout.virtual("calm", **wrong)

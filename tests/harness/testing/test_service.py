"""The service that tests script, in virtual time and on the wire: the same program sees the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import anthropic
import httpx2
import pytest

import brownout
from brownout.faults import (
    bad_certificate,
    dns,
    noop,
    overload,
    phase,
    rate_limit,
    refuse,
    reset,
    reset_on_accept,
    stall,
    tls_reset,
    tls_stall,
    truncate,
    upload_stall,
)
from brownout.harness.testing.checked import NeverEnds, ProvesNothing
from brownout.harness.testing.service import Service
from brownout.harness.testing.spans import TookTooLong

ASK: Any = {"model": "claude-sonnet-5-5", "max_tokens": 64, "messages": [{"role": "user", "content": "Hello"}]}
Open = Callable[..., AbstractContextManager[Service]]


@pytest.fixture(params=["virtual", "wire"])
def opened(request: pytest.FixtureRequest) -> Open:
    """What opens a service on a backend."""
    found: Open = getattr(brownout, request.param)
    return found


def statuses(service: Service, calls: int = 1) -> list[int | None]:
    """What each attempt of calls without retries was answered with."""
    client = anthropic.Anthropic(base_url=service.url, api_key="k", max_retries=0)
    for _ in range(calls):
        try:
            client.messages.create(**ASK)
        except anthropic.APIError:
            continue
    return service.trace.statuses


def test_faults_come_in_the_order_in_which_they_were_scripted(opened: Open) -> None:
    """As often as they were, and what lasts when all others are used up."""
    with opened() as service:
        service.always(rate_limit())
        service.next(overload(), times=2)
        service.next(noop())
        service.next(reset())
        assert statuses(service, calls=6) == [529, 529, 200, None, 429, 429]


def test_a_fault_of_connections_waits_for_its_turn(opened: Open) -> None:
    """The first connection is for the request that another fault was scripted for."""
    with opened() as service:
        service.next(reset())
        service.next(refuse())
        assert statuses(service, calls=3) == [None, None, 200]
        assert [each.connected for each in service.trace.tries] == [True, False, True]


def test_connections_that_are_reset_wait_for_their_turn(opened: Open) -> None:
    """Behind what is for a request, and behind what a port can tell only then."""
    with opened() as service:
        service.next(reset())
        service.next(refuse())
        service.next(reset_on_accept(), times=2)
        assert statuses(service, calls=5) == [None, None, None, None, 200]
        assert [fired for _, fired in service.faults.values()] == [1, 1, 2]


def test_a_stalled_upload_is_scripted(opened: Open) -> None:
    """For one request, on a connection that is open; the service does not see it."""
    with opened() as service, anthropic.Anthropic(base_url=service.url, api_key="k", max_retries=0) as client:
        client.messages.create(**ASK)
        service.next(upload_stall())
        with pytest.raises(anthropic.APITimeoutError):
            client.with_options(timeout=0.5).messages.create(**ASK)
        client.messages.create(**ASK)
        assert len(service.requests) == 2


def test_what_cannot_be_played_is_refused() -> None:
    """With the reason, when it is scripted; virtual time can play it."""
    with brownout.wire() as service:
        with pytest.raises(ValueError, match=r"dns is not available on wire: .*; sim and virtual can"):
            service.next(dns())
        with pytest.raises(ValueError, match="tls_stall is a fault of TLS, which this server does not speak"):
            service.phases(phase("1s", tls_stall()), phase("1s"))
    with brownout.virtual() as service:
        service.next(dns())
        service.next(tls_stall())
        service.next(bad_certificate(why="self_signed"))
        assert statuses(service, calls=4) == [None, None, None, 200]


def test_who_speaks_no_tls_does_not_meet_its_faults() -> None:
    """It was meant for the connection, and has not taken effect; so the test proves nothing."""

    def play() -> None:
        with brownout.virtual() as service:
            service.next(tls_reset())
            client = anthropic.Anthropic(base_url=service.url.replace("https", "http"), api_key="k", max_retries=0)
            client.messages.create(**ASK)
            assert list(service.faults.values()) == [(1, 0)]

    with pytest.raises(ProvesNothing, match="tls_reset"):
        play()


def test_who_checks_no_certificate_is_served() -> None:
    """However bad it is."""
    with brownout.virtual() as service:
        service.next(bad_certificate(), optional=True)
        http = httpx2.Client(verify=False)
        client = anthropic.Anthropic(base_url=service.url, api_key="k", max_retries=0, http_client=http)
        assert client.messages.create(**ASK).stop_reason == "end_turn"
        assert list(service.faults.values()) == [(1, 0)]


def test_a_share_of_connections_is_drawn_by_their_number() -> None:
    """Of those of whom nobody knows whose they are; the same ones each time."""
    seen = []
    for _ in range(2):
        with brownout.virtual() as service:
            service.always(dns(share="50%"))
            seen.append(statuses(service, calls=16))
    assert seen[0] == seen[1]
    assert set(seen[0]) == {None, 200}


WRONG = {
    # as `bad_certificate` has it: what the program is told
    "expired": "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired",
    "self_signed": "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate",
    "wrong_host": "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not "
    "valid for 'api.anthropic.com'.",
}


@pytest.mark.parametrize("why", WRONG)
def test_a_bad_certificate_is_told_as_openssl_does(why: Any) -> None:
    with brownout.virtual() as service:
        service.next(bad_certificate(why=why))
        with pytest.raises(anthropic.APIConnectionError) as caught:
            anthropic.Anthropic(base_url=service.url, api_key="k", max_retries=0).messages.create(**ASK)
    assert str(caught.value.__cause__) == WRONG[why]


def test_what_is_scripted_goes_before_a_phase(opened: Open) -> None:
    with opened() as service:
        service.phases(phase("1h", overload()))
        service.next(rate_limit())
        assert statuses(service, calls=2) == [429, 529]
        service.clear()
        assert statuses(service) == [429, 529, 200]


def test_a_scenario_takes_over(opened: Open) -> None:
    """Its service answers from now on, and what was asked before stays in the trace."""
    with opened() as service:
        statuses(service)
        service.next(overload(), times=2)
        statuses(service)
        service.play("calm")
        assert statuses(service) == [200, 529, 529]
        assert service.faults == {"scripted 1: overload": (1, 1)}


def test_answers_have_the_length_that_was_wanted(opened: Open) -> None:
    with opened() as service:
        service.answers(tokens=7, first_token="50ms")
        client = anthropic.Anthropic(base_url=service.url, api_key="k")
        assert client.messages.create(**ASK).usage.output_tokens == 7
        assert service.requests[0].sent_tokens == 0  # a plain answer has no pieces
        assert service.trace.complete == 1


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (lambda service: service.next(overload(), times=3), "overload was scripted for 3 requests .* on 1: no more"),
        (lambda service: service.next(truncate()), "no stream was asked for"),
        (lambda service: service.next(overload(where={"stream": True})), "no more of them are among those it is for"),
        (lambda service: service.always(truncate()), "truncate was scripted for every request .* on none"),
        (lambda service: service.phases(phase("1h"), phase("1s", reset())), "its phase begins at 3600"),
    ],
)
def test_what_was_scripted_has_to_happen(opened: Open, script: Callable[[Service], None], told: str) -> None:
    """And the reason why it did not is named."""

    def play() -> None:
        with opened() as service:
            script(service)
            statuses(service)

    with pytest.raises(ProvesNothing, match=told):
        play()


def test_an_optional_fault_need_not_happen(opened: Open) -> None:
    with opened() as service:
        service.next(overload(), times=3, optional=True)
        assert statuses(service) == [529]


def test_who_fails_otherwise_has_a_reason_of_its_own(opened: Open) -> None:
    def play() -> None:
        with opened() as service:
            service.next(overload())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        play()


def test_a_client_that_leaves_is_seen_at_once(opened: Open) -> None:
    """With what had been sent to it, which is wasted."""
    with opened() as service:
        service.next(stall(at={"tokens": 3}))
        client = anthropic.Anthropic(base_url=service.url, api_key="k", max_retries=0, timeout=0.5)
        with client.messages.stream(**ASK) as events, pytest.raises(httpx2.ReadTimeout):
            events.get_final_text()
        assert service.trace.closed_by_client
        assert service.trace.tokens_wasted == 3


def test_steps_of_a_budget_are_told_apart(opened: Open) -> None:
    """By the test's own names, or by the answers; attempts that meet in one instant are counted once."""
    with opened() as service:
        service.next(overload())
        client = anthropic.Anthropic(base_url=service.url, api_key="k")
        with service.budget("1h") as named:
            for name in ("plan", "write"):
                with named.step(name):
                    client.messages.create(**ASK)
        with service.budget("1h") as unnamed:
            client.messages.create(**ASK)
        assert [line.split()[:2] for line in named.explain().splitlines()[1:]] == [
            ["plan", "2"],
            ["write", "1"],
            ["all", "3"],
        ]
        assert [line.split()[:2] for line in unnamed.explain().splitlines()[1:]] == [["1", "1"], ["all", "1"]]


def test_a_part_that_takes_too_long_fails_with_its_attempts(opened: Open) -> None:
    with opened() as service:
        service.next(rate_limit(retry_after="1s"))
        client = anthropic.Anthropic(base_url=service.url, api_key="k")
        with pytest.raises(TookTooLong, match=r"more than 0\.5 s(.|\n)*retry-after 1 s"), service.within("500ms"):
            client.messages.create(**ASK)


def test_a_retry_that_came_too_early_is_told(opened: Open) -> None:
    with opened() as service:
        service.next(rate_limit(retry_after="1h"))
        statuses(service, calls=2)
        [early] = service.trace.too_early
        assert 3500 < early <= 3600
        assert "before retry-after allowed" in service.explain()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda service: service.next(overload(), times=0),
        lambda service: service.next("overload"),
        lambda service: service.phases(),
        lambda service: service.phases(overload()),
        lambda service: service.within("ten"),
        lambda service: overload(retry_aftr="1s"),
        lambda service: stall(at={"token": 1}),
        lambda service: phase("1s", overload(), hits="busy"),
    ],
)
def test_mistakes_are_refused(wrong: Callable[[Service], object]) -> None:
    with brownout.virtual() as service, pytest.raises(ValueError, match=r"expected|unknown"):
        wrong(service)


def test_the_end_of_a_limit_is_told_in_its_place() -> None:
    """Before what came after it, in the order of time."""
    told: list[str] = []

    def ask() -> None:
        with brownout.virtual() as service:
            service.next(rate_limit(retry_after="30s"), times=2)
            with service.within("40s"):
                anthropic.Anthropic().messages.create(**ASK)

    with pytest.raises(TookTooLong) as raised:
        ask()
    told = [line for line in str(raised.value).splitlines() if not line.startswith(" " * 10)][1:]
    assert [float(line.split()[0]) for line in told] == sorted(float(line.split()[0]) for line in told)
    assert any("limit of 40 s is over" in line for line in told[:-1])


@pytest.mark.parametrize("seconds", [1, 2, 3, 5, 7])
def test_whoever_waits_as_long_as_told_has_waited_as_long(seconds: int) -> None:
    """No rounding of a clock makes three seconds less than three."""
    with brownout.virtual() as service:
        service.next(rate_limit(retry_after=f"{seconds}s"), times=3)
        anthropic.Anthropic(max_retries=3).messages.create(**ASK)
    assert service.trace.waits == [seconds] * 3
    assert service.trace.min_gap >= service.trace.min_wait >= seconds


def test_a_limit_is_told_of_a_part_that_never_ends() -> None:
    """What ends it goes before; the line of the program in which it waits is told, too."""

    async def ask() -> None:
        async with anthropic.AsyncAnthropic().messages.stream(**ASK) as stream:
            async for _ in stream:
                pass

    async def whole(service: Service) -> None:
        await asyncio.sleep(15.0)
        with service.within("60s"):
            await ask()

    def run() -> None:
        with brownout.virtual() as service:
            service.next(stall(at={"tokens": 3}, pings="5s"))
            asyncio.run(whole(service))

    with pytest.raises(NeverEnds) as raised:
        run()
    assert "    75.000  the limit of 60 s is over" in str(raised.value)
    assert f"in {ask.__qualname__} ({__file__}:" in str(raised.value)

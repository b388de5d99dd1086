"""The client's own limits on time hold in blocking code as they do in an event loop: whatever it is that takes long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

import anthropic
import pytest

from brownout import errors, faults
from brownout.fakes.faults import Fault
from brownout.harness.client import Client
from brownout.harness.production.records import FinishedCall
from brownout.harness.records import AttemptRecord
from brownout.harness.testing.service import Service

from .callers import ASK, NO_RETRIES, Blocking, Caller, layers

SOON = "deadline: {total: 300ms}"
LONG = 5.0
"""Seconds, which nothing here takes that a limit of 0.3 s interrupts."""


def lasting(call: Callable[[], Any], error: type[BaseException]) -> tuple[float, Any]:
    """How long it took to raise this."""
    began = monotonic()
    with pytest.raises(error) as raised:
        call()
    return monotonic() - began, raised.value


TRICKLES: dict[str, tuple[Fault, str]] = {
    "head": (faults.trickle(every="20ms"), "create"),
    "head of a stream": (faults.trickle(every="20ms"), "text"),
    "body": (faults.trickle(at="after_headers", every="20ms"), "create"),
    "stream": (faults.trickle(at={"tokens": 3}, every="20ms"), "text"),
    "pings": (faults.stall(pings="20ms"), "text"),
    "silence": (faults.no_answer(), "create"),
    "silence in a stream": (faults.stall(), "final"),
}


@pytest.mark.parametrize("name", TRICKLES)
def test_a_total_ends_what_resets_every_read_timeout(caller: Caller, service: Service, name: str) -> None:
    fault, what = TRICKLES[name]
    caller.resilient(layers(SOON, NO_RETRIES, timeouts="read: 100s"))
    service.next(fault)
    seconds, error = lasting(getattr(caller, what), errors.DeadlineExceeded)
    assert 0.25 < seconds < LONG
    assert isinstance(error, anthropic.APITimeoutError)
    assert [attempt.outcome for attempt in caller.of(AttemptRecord)] == ["cancelled"]
    [call] = caller.of(FinishedCall)
    assert (call.outcome, call.exception) == ("deadline", "brownout.DeadlineExceeded")
    assert caller.create().stop_reason == "end_turn"  # what was interrupted has left nothing behind


@pytest.mark.parametrize("read", ["text", "final"])
def test_a_content_gap_ends_what_pings_keep_alive(caller: Caller, service: Service, read: str) -> None:
    caller.resilient(layers("content_gap: {limit: 200ms}", NO_RETRIES))
    service.next(faults.stall(pings="20ms"))
    seconds, error = lasting(getattr(caller, read), errors.ContentGapExceeded)
    assert 0.15 < seconds < LONG
    assert error.partial
    [attempt] = caller.of(AttemptRecord)
    assert attempt.outcome == "gap"
    assert caller.text()


def test_what_the_application_takes_between_two_events_is_no_gap(service: Service) -> None:
    blocking = Blocking(service.url)
    client = blocking.resilient(layers("content_gap: {limit: 100ms}", NO_RETRIES))
    pause = threading.Event()
    with client.messages.stream(**ASK) as stream:
        for number, _ in enumerate(stream.text_stream):
            if number == 3:
                pause.wait(0.3)
        assert stream.get_final_text()
    blocking.close()


def test_a_deadline_passes_while_the_application_does_something_else(service: Service) -> None:
    """It is noticed at the next event, though all of them have come long since."""
    blocking = Blocking(service.url)
    client = blocking.resilient(layers(SOON, NO_RETRIES))
    seen = []

    def read(texts: Iterable[str]) -> None:
        for text in texts:
            seen.append(text)
            threading.Event().wait(0.4)

    with client.messages.stream(**ASK) as stream, pytest.raises(errors.DeadlineExceeded) as raised:
        read(stream.text_stream)
    assert len(seen) == 1
    assert raised.value.partial == "".join(seen)
    blocking.close()


def test_a_deadline_ends_the_wait_before_a_retry(caller: Caller, service: Service) -> None:
    caller.resilient(layers(SOON, "retry: {backoff: {base: 100s, jitter: none}, on: [overloaded]}", NO_RETRIES))
    service.next(faults.overload())
    assert lasting(caller.create, errors.DeadlineExceeded)[0] < LONG


def test_a_deadline_ends_the_sdks_own_wait(caller: Caller, service: Service) -> None:
    caller.resilient(layers(SOON, "sdk: {max_retries: 2}"))
    service.next(faults.rate_limit(retry_after="30s"))
    assert lasting(caller.create, errors.DeadlineExceeded)[0] < LONG
    assert len(service.requests) == 1


def test_a_deadline_ends_a_connection_that_does_not_open(caller: Caller) -> None:
    """A port whose queue is full answers nobody."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        full = []
        for _ in range(4):
            full.append(socket.socket())
            full[-1].setblocking(False)
            full[-1].connect_ex(address)
        client = caller.resilient(layers(SOON, NO_RETRIES, timeouts="connect: 100s"))
        there = client.with_options(base_url=f"http://127.0.0.1:{address[1]}")
        assert lasting(lambda: caller.create(there), errors.DeadlineExceeded)[0] < LONG
        for each in full:
            each.close()


def test_a_deadline_ends_the_wait_for_a_connection_of_the_pool(service: Service) -> None:
    blocking = Blocking(service.url)
    limits = anthropic._base_client.httpx2.Limits(max_connections=1)
    blocking.bare = anthropic.Anthropic(
        api_key="none", base_url=service.url, http_client=anthropic.DefaultHttpxClient(limits=limits)
    )
    client = blocking.resilient(layers(SOON, NO_RETRIES, timeouts="pool: 100s"))
    with blocking.bare.messages.create(stream=True, **ASK):
        assert lasting(blocking.create, errors.DeadlineExceeded)[0] < LONG
    assert client.messages.create(**ASK).content
    blocking.close()


@pytest.mark.parametrize("config", [layers(SOON, NO_RETRIES), layers("content_gap: {limit: 200ms}", NO_RETRIES)])
def test_blocking_code_needs_no_other_thread(service: Service, config: Client) -> None:
    blocking = Blocking(service.url)
    blocking.resilient(config)
    service.next(faults.stall(pings="20ms"))
    seen = set()

    def look(record: Any) -> None:
        seen.add((threading.get_ident(), threading.active_count()))

    blocking.resilient(config, [look])
    before = threading.active_count()
    with pytest.raises(errors.LimitExceeded):
        blocking.text()
    assert seen == {(threading.get_ident(), before)}
    blocking.close()


def test_a_transport_of_the_applications_own_is_limited_request_by_request(service: Service) -> None:
    """There is no connection to be reached; the timeouts of a request are cut to what is left."""
    httpx2 = anthropic._base_client.httpx2
    inner = httpx2.HTTPTransport()

    class Own(httpx2.BaseTransport):  # type: ignore[misc, name-defined]
        def handle_request(self, request: Any) -> Any:
            return inner.handle_request(request)

    blocking = Blocking(service.url)
    blocking.bare = anthropic.Anthropic(
        api_key="none", base_url=service.url, http_client=httpx2.Client(transport=Own())
    )
    blocking.resilient(layers(SOON, NO_RETRIES))
    service.next(faults.no_answer())
    assert lasting(blocking.create, errors.DeadlineExceeded)[0] < LONG
    inner.close()
    blocking.close()


def test_a_limit_behind_content_does_not_begin_anew(caller: Caller, service: Service) -> None:
    """A layer outside that would try again is closed: its text would come twice."""
    caller.resilient(
        layers("retry: {on: [stream_after_text], backoff: {base: 1ms}}", "content_gap: {limit: 100ms}", NO_RETRIES)
    )
    service.next(faults.stall(pings="20ms"))
    with pytest.raises(errors.ContentGapExceeded):
        caller.text()
    assert len(service.requests) == 1

"""Where layers race, each branch has a thread or a task of its own; who loses is hung up on."""

from __future__ import annotations

import threading
from time import monotonic

import pytest

import brownout
from brownout import errors, faults
from brownout.harness.production.records import FinishedCall
from brownout.harness.testing.service import Service

from ...patience import PATIENCE
from .callers import NO_RETRIES, RETRY, Blocking, Caller, layers
from .interrupting import interrupted_after

HEDGE = "hedge: {after: 50ms}"


def until(condition: object) -> None:
    """Wait for what other threads do."""
    assert callable(condition)
    began = monotonic()
    while not condition():
        assert monotonic() - began < PATIENCE
        threading.Event().wait(0.005)


def branches() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "brownout branch"]


@pytest.mark.parametrize("what", ["create", "text", "final", "raw"])
def test_the_second_wins_and_the_first_is_hung_up_on(caller: Caller, service: Service, what: str) -> None:
    caller.resilient(layers("deadline: {total: 60s}", HEDGE, NO_RETRIES, timeouts="read: 60s"))
    expected = getattr(caller, what)(caller.bare)
    service.next(faults.no_answer())
    got = getattr(caller, what)()
    if what == "text":
        assert got == expected
    elif what == "raw":
        assert [event.type for event in got] == [event.type for event in expected]
    else:
        assert got.content == expected.content
    until(lambda: not branches())
    until(lambda: service.requests[1].left is not None)
    assert [request.left is None for request in service.requests] == [True, False, True]
    [call] = caller.of(FinishedCall)
    assert (call.outcome, call.attempts) == ("ok", 2)


@pytest.mark.parametrize("what", ["create", "text"])
def test_a_stream_that_stalls_loses_to_the_second(caller: Caller, service: Service, what: str) -> None:
    caller.resilient(layers(HEDGE, NO_RETRIES, timeouts="read: 60s"))
    service.next(faults.stall(pings="20ms"))
    assert getattr(caller, what)()
    until(lambda: service.requests[0].left is not None and not branches())


def test_a_first_that_is_quick_is_alone(caller: Caller, service: Service) -> None:
    caller.resilient(layers("hedge: {after: 30s}", NO_RETRIES))
    caller.create()
    assert caller.text()
    assert len(service.requests) == 2
    until(lambda: not branches())


def test_a_deadline_ends_both(caller: Caller, service: Service) -> None:
    caller.resilient(layers("deadline: {total: 300ms}", HEDGE, NO_RETRIES, timeouts="read: 60s"))
    service.next(faults.trickle(every="20ms"), times=2)
    with pytest.raises(errors.DeadlineExceeded):
        caller.create()
    until(lambda: not branches() and all(request.left is not None for request in service.requests))
    assert len(service.requests) == 2


def test_a_content_gap_ends_a_branch(caller: Caller, service: Service) -> None:
    caller.resilient(layers("hedge: {after: 20ms}", "content_gap: {limit: 100ms}", NO_RETRIES))
    service.next(faults.stall(pings="20ms"), times=2)
    with pytest.raises(errors.ContentGapExceeded) as raised:
        caller.text()
    assert raised.value.partial
    until(lambda: not branches())


def test_branches_try_again(caller: Caller, service: Service) -> None:
    caller.resilient(layers("hedge: {after: 30s}", RETRY, NO_RETRIES))
    service.next(faults.overload(), times=2)
    assert caller.create().content
    assert caller.final().content
    until(lambda: not branches())


def test_the_sdks_own_wait_ends_with_its_branch(caller: Caller, service: Service) -> None:
    caller.resilient(layers(HEDGE, "sdk: {max_retries: 2}"))
    service.next(faults.rate_limit(retry_after="30s"))
    began = monotonic()
    assert caller.create().content
    until(lambda: not branches())
    assert monotonic() - began < 10


def test_a_failure_in_a_branch_is_raised(caller: Caller, service: Service) -> None:
    caller.resilient(layers("hedge: {after: 10ms}", NO_RETRIES))
    service.always(faults.overload())
    with pytest.raises(brownout.harness.production.errors.anthropic.APIStatusError):  # type: ignore[attr-defined]
        caller.create()
    with pytest.raises(TypeError, match="nonsense"):
        caller.create(nonsense=1)
    until(lambda: not branches())


def test_leaving_a_race_leaves_nothing(service: Service) -> None:
    """A thread that is interrupted while its branches are under way hangs up on both."""
    import signal

    blocking = Blocking(service.url)
    blocking.resilient(layers("breaker: {failures: 1}", HEDGE, NO_RETRIES, timeouts="read: 60s"))
    service.next(faults.no_answer(), times=2)
    with pytest.raises(KeyboardInterrupt), interrupted_after(0.3):
        blocking.create()
    until(lambda: not branches() and all(request.left is not None for request in service.requests))
    assert len(service.requests) == 2
    assert blocking.create().content
    blocking.close()
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL

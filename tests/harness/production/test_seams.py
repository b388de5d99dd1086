"""What a layer may ask for that no shipped one asks yet: a turn, another target, an outcome of its own."""

from __future__ import annotations

import pickle
import threading
from collections import deque
from typing import Any, ClassVar

import anthropic
import httpx2
import pytest

import brownout
from brownout import errors, faults
from brownout.harness.client import Client
from brownout.harness.policies.call import Call, Target
from brownout.harness.policies.effects import Run, Sleep, Steps, Turn, Wait
from brownout.harness.policies.layer import Layer, Site
from brownout.harness.policies.layers.sdk import Sdk
from brownout.harness.policies.outcome import _EXCEPTIONS, Outcome
from brownout.harness.production.errors import error_of
from brownout.harness.testing.service import Service

from .callers import ASK, Async, Blocking, Caller, layers

AT_ONCE = 3


class Line(Layer):
    """So many calls at a time; the others stand in a line."""

    name: ClassVar[str] = "line"
    example: ClassVar[dict[str, Any]] = {}

    def wrap(self, inner: Run, site: Site) -> Run:
        free, line = AT_ONCE, deque[Turn]()

        def run(call: Call) -> Steps:
            nonlocal free
            turn = Turn()
            if free:
                free -= 1
                turn.comes()
            else:
                line.append(turn)
            try:
                yield Wait(turn)
                return (yield from inner(call))
            finally:
                if not turn.has_come:
                    line.remove(turn)
                elif line:
                    line.popleft().comes()
                else:
                    free += 1

        return run


class Elsewhere(Layer):
    """Asks another model at another address."""

    name: ClassVar[str] = "elsewhere"
    example: ClassVar[dict[str, Any]] = {}
    url: str

    def wrap(self, inner: Run, site: Site) -> Run:
        def run(call: Call) -> Steps:
            call.target = Target("another-model", self.url)
            return (yield from inner(call))

        return run


class Refusing(Layer):
    """Ends a call in a way that nobody has heard of."""

    name: ClassVar[str] = "refusing"
    example: ClassVar[dict[str, Any]] = {}

    def wrap(self, inner: Run, site: Site) -> Run:
        def run(call: Call) -> Steps:
            yield Sleep(0.001)
            return Outcome("brand_new")  # type: ignore[arg-type]

        return run


def around_the_sdk(layer: Layer) -> Client:
    return Client(name="tried").model_copy(update={"layers": (layer, Sdk(max_retries=0))})


def test_whoever_stands_in_line_is_woken_by_another_thread_or_task(caller: Caller, service: Service) -> None:
    service.answers(first_token="100ms", tokens=1)
    caller.resilient(around_the_sdk(Line()))
    ended = caller.together(4 * AT_ONCE)
    assert all(isinstance(each, anthropic.types.Message) for each in ended)
    changes = [(request.arrived, 1) for request in service.requests]
    changes += [(request.ended or 0.0, -1) for request in service.requests]
    at_once, most = 0, 0
    for _, change in sorted(changes):
        at_once += change
        most = max(most, at_once)
    assert most <= AT_ONCE


def test_whoever_leaves_the_line_leaves_it_whole(service: Service) -> None:
    """A limit outside ends some of those who wait; the others get their turns."""
    service.answers(first_token="200ms", tokens=1)
    config = around_the_sdk(Line())
    limited = layers("deadline: {total: 300ms}", "sdk").layers[0]
    for style in (Blocking, Async):
        caller: Caller = style(service.url)
        caller.resilient(config.model_copy(update={"layers": (limited, *config.layers)}))
        kinds = {type(each) for each in caller.together(4 * AT_ONCE)}
        assert kinds == {anthropic.types.Message, errors.DeadlineExceeded}
        assert all(isinstance(each, anthropic.types.Message) for each in caller.together(AT_ONCE))
        caller.close()


def test_another_target_is_asked(caller: Caller, service: Service) -> None:
    caller.resilient(around_the_sdk(Elsewhere(url=f"{service.url}/there")))
    caller.client = caller.client.with_options(base_url="http://127.0.0.1:9")
    with pytest.raises(anthropic.NotFoundError) as raised:
        caller.create()
    assert str(raised.value.request.url).startswith(f"{service.url}/there/v1/messages")
    assert b"another-model" in raised.value.request.content


def test_an_outcome_that_nobody_knows_is_raised_as_ours(caller: Caller) -> None:
    caller.resilient(around_the_sdk(Refusing()))
    for work in (caller.create, caller.text, caller.final, caller.raw):
        with pytest.raises(errors.ResilienceError, match="brand_new"):
            work()


def test_every_outcome_with_an_exception_of_ours_has_its_class() -> None:
    """Under its name, with words of its own."""
    ours = {name.partition(".")[2] for name in _EXCEPTIONS.values() if name.startswith("brownout.")}
    assert ours <= {*errors.__all__}
    for name in errors.__all__:
        kind = getattr(brownout, name)
        assert issubclass(kind, anthropic.APIConnectionError)
        assert issubclass(kind, anthropic.APITimeoutError) == issubclass(kind, errors.LimitExceeded)
        assert kind.__doc__
    assert len({getattr(errors, name).about for name in errors.__all__}) == len(errors.__all__)


@pytest.mark.parametrize("kind", ["gap", "deadline", "breaker_open", "truncated", "malformed"])
def test_errors_can_be_sent_to_another_process(kind: Any) -> None:
    error = error_of(Outcome(kind), "http://claude.test", "some text")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.outcome, again.partial) == (str(error), kind, "some text")  # type: ignore[attr-defined]
    assert isinstance(again.request, httpx2.Request)


def test_a_profile_has_its_own_timeouts(caller: Caller, service: Service) -> None:
    text = "name: tried\ntimeouts: {read: 100ms}\nlayers: [{sdk: {max_retries: 0}}]\nprofiles:\n"
    from brownout.harness.files import loads

    client = caller.resilient(loads(f"{text}  background: {{timeouts: {{read: 60s}}}}\n", Client))
    service.answers(first_token="500ms")
    with pytest.raises(anthropic.APITimeoutError):
        caller.create()
    assert caller.create(client.for_profile("background")).content


def test_many_threads_with_limits_at_once(service: Service) -> None:
    """Each is ended by its own, and the pool is whole afterwards."""
    blocking = Blocking(service.url)
    blocking.resilient(layers("deadline: {total: 300ms}", "sdk: {max_retries: 0}"))
    service.next(faults.trickle(every="20ms"), times=20)
    assert {type(each) for each in blocking.together(20)} == {errors.DeadlineExceeded}
    assert blocking.create().content
    assert not [thread for thread in threading.enumerate() if thread.name == "brownout branch"]
    [pool] = {blocking.bare._client._transport._pool}
    assert all(connection.is_idle() for connection in pool.connections)
    assert ASK
    blocking.close()

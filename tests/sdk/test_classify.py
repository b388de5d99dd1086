"""What is read out of an answer's headers and of what the SDK raised, beyond what whole calls show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anthropic
import pytest

from brownout.harness.drivers.sdk.classify import of_call
from brownout.harness.policies.sdks.python import asks

from .conftest import Newest
from .observe import ASK, http


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "5"}, 5.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "-1"}, -1.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "0", "retry-after": "9"}, 0.0),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
    ],
)
def test_seconds_asked_for(headers: dict[str, str], seconds: float | None) -> None:
    """Milliseconds go first, if they are a number; whether the SDK obeys is another question."""
    assert asks(headers) == (seconds, None)


@pytest.mark.parametrize(("said", "again"), [("true", True), ("false", False), ("TRUE", None), ("", None)])
def test_whether_to_try_again(said: str, again: bool | None) -> None:
    """Only the two exact words count."""
    assert asks({"x-should-retry": said}) == (None, again)


def error_of(newest: Newest, answer: Callable[[Any], Any]) -> Exception:
    """What a call raises whose one request is answered so."""

    async def call() -> Exception:
        http_client = http.AsyncClient(transport=http.MockTransport(answer))
        async with anthropic.AsyncAnthropic(api_key="k", max_retries=0, http_client=http_client) as client:
            with pytest.raises(anthropic.APIError) as raised:
                await client.messages.create(**ASK)
        return raised.value

    return newest.runner.run(call())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"error": {"type": "overloaded_error"}}', "overloaded_error"),
        ('{"error": "overloaded"}', None),
        ("[]", None),
        ("<html>Bad Gateway</html>", None),
        ("", None),
    ],
)
def test_error_body_of_any_shape_is_read(newest: Newest, body: str, kind: str | None) -> None:
    """In front of the service stand proxies that answer in their own way."""
    outcome = of_call(error_of(newest, lambda _: http.Response(502, text=body)), 1.0)
    assert (outcome.kind, outcome.status, outcome.error) == ("status", 502, kind)


def test_seconds_asked_for_are_those_of_the_scenario(newest: Newest) -> None:
    """At ten times the speed a header of half a second stands for five."""
    error = error_of(newest, lambda _: http.Response(429, headers={"retry-after": "0.5"}))
    assert of_call(error, 10.0).retry_after == 5.0


def test_defect_of_the_transport_is_not_taken_for_a_broken_connection(newest: Newest) -> None:
    """The SDK wraps whatever its transport raises; only what the HTTP library raises is an outcome."""

    def defect(_: Any) -> Any:
        raise KeyError("a defect")

    error = error_of(newest, defect)
    assert isinstance(error, anthropic.APIConnectionError)
    with pytest.raises(anthropic.APIConnectionError):
        of_call(error, 1.0)

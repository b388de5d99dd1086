"""Quotas, as clients on the wire see them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import anthropic

from brownout.fakes.capacity import Capacity
from brownout.fakes.limits import Limits

from ...loops import on_loop
from .raw import DEFAULT, RawClient, request
from .serving import SCALE, service, serving, until

TWO = Limits.model_validate({"requests": "60/min", "burst_over": "2s"})
"""One request a second, and at first two at once."""
AT_ONCE = service(limits=TWO, first_token="0s", gap="0s", round_trip="0s")
PREFIX = "anthropic-ratelimit-requests"


@on_loop
async def test_a_used_up_quota_is_a_429_that_says_when_to_come_again() -> None:
    """Every answer carries what is left of the quota; the one too many also carries `retry-after`."""
    async with serving(AT_ONCE, scale=0.01) as server, await RawClient.connect(server.port) as client:
        # a hundred times slower than life, so that nothing comes back in the meantime
        answers = [await client.ask() for _ in range(3)]
        now = datetime.now(UTC)
    assert [answer.status for answer in answers] == ["HTTP/1.1 200 OK"] * 2 + ["HTTP/1.1 429 Too Many Requests"]
    assert [answer.headers[f"{PREFIX}-limit"] for answer in answers] == ["2", "2", "2"]
    assert [answer.headers[f"{PREFIX}-remaining"] for answer in answers] == ["1", "0", "0"]
    assert ["retry-after" in answer.headers for answer in answers] == [False, False, True]
    refused = answers[-1]
    assert refused.headers["retry-after"] == "100"
    assert refused.json["error"] == {
        "type": "rate_limit_error",
        "message": "This request would exceed the rate limit for your organization of 60 requests per minute.",
    }
    reset = refused.headers[f"{PREFIX}-reset"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", reset)
    ahead = datetime.fromisoformat(reset) - now
    assert timedelta(seconds=150) < ahead <= timedelta(seconds=200)


@on_loop
async def test_the_sdk_waits_as_told_and_then_gets_through() -> None:
    """A refused call is sent again: not before `retry-after` has passed, and that is enough."""
    async with serving(AT_ONCE, scale=2.0) as server:
        http = anthropic.DefaultAsyncHttpxClient(trust_env=False)
        url = f"http://127.0.0.1:{server.port}"
        async with anthropic.AsyncAnthropic(api_key="k", base_url=url, http_client=http) as client:
            calls = 0
            while not any(record.status == 429 for record in server.endpoint.journal()):
                calls += 1  # on a busy machine more comes in than three calls can use up
                await client.messages.create(**DEFAULT)
        *before, refused, accepted = server.endpoint.journal()
    assert [record.status for record in before] == [200] * (calls - 1)
    assert (refused.status, accepted.status) == (429, 200)
    assert accepted.arrived - refused.arrived >= 1.0


ALL = Limits.model_validate(
    {"requests": "3/d", "input_tokens": "1k/d", "output_tokens": "100/d", "burst_over": "1d", "per": "key"}
)
KINDS = "requests", "tokens", "input-tokens", "output-tokens"


@on_loop
async def test_every_quota_has_its_headers() -> None:
    """Three each, of the key that asks; `tokens` are those of which the least is left."""
    what = service(limits=ALL, tokens=60, first_token="0s", gap="0s", round_trip="0s")
    async with serving(what) as server, await RawClient.connect(server.port) as client:
        answers = [await client.ask(headers={"x-api-key": key}) for key in ("a", "a", "b", "a")]
    assert all(
        f"anthropic-ratelimit-{kind}-{part}" in answer.headers
        for kind in KINDS
        for part in ("limit", "remaining", "reset")
        for answer in answers
    )
    shown = [
        [int(answer.headers[f"anthropic-ratelimit-{kind}-remaining"]) for kind in KINDS if kind != "input-tokens"]
        for answer in answers
    ]
    assert shown == [[2, 40, 40], [1, 0, 0], [2, 40, 40], [1, 0, 0]]
    assert [answer.status[9:12] for answer in answers] == ["200", "200", "200", "429"]
    assert "of 100 output tokens" not in answers[-1].json["error"]["message"]
    assert "of 0.069 output tokens per minute" in answers[-1].json["error"]["message"]


@on_loop
async def test_whoever_has_the_least_patience_is_next() -> None:
    """As the SDK's header tells it, in seconds of the machine: a clock that runs faster has more of them."""
    one = Capacity.model_validate({"slots": 1, "queue_order": "deadline"})
    async with serving(service(capacity=one, first_token="1h")) as server:
        clients = [await RawClient.connect(server.port) for _ in range(3)]
        for number, told in enumerate(("600", "2.5", "soon")):
            headers = {"x-stainless-read-timeout": told, "x-brownout-id": f"{number}/0/0/0"}
            await clients[number].send(request(headers=headers))
            await until(lambda count=number + 1: len(server.endpoint.journal()) == count)
        asked = [connection.player.ticket.request for connection in server.connections if connection.player]
        for client in clients:
            client.close()
    assert {each.who.client: each.patience for each in asked} == {0: 600 * SCALE, 1: 2.5 * SCALE, 2: None}

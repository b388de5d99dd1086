"""The installed SDK takes every body: its own types find nothing missing in them, and its own calls work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import anthropic
import httpx2
import pytest
from anthropic.types import MessageTokensCount, ModelInfo, ThinkingConfigParam, ToolChoiceParam, beta
from anthropic.types import messages as types
from anthropic.types.beta import messages as beta_types
from typing_extensions import get_type_hints

from brownout.fakes.api import messages
from brownout.fakes.api.models import LINEUP
from brownout.fakes.api.plain import Asked, Rejected
from brownout.fakes.api.surface import Surface

from .asking import PARAMS, requests, said, surface

PATH = "/v1/messages/batches"


def check(kind: Any, body: Any) -> None:
    """Every field that is required is there, of its type, and the type knows every field there is."""
    found = kind.model_validate_json(json.dumps(body), strict=True)
    assert not found.model_extra


@pytest.mark.parametrize("kind", [ModelInfo, beta.BetaModelInfo])
def test_every_model_is_whole(kind: Any) -> None:
    for model in said(surface(), "GET", "/v1/models")["data"]:
        check(kind, model)
        told = kind.model_validate(model)
        assert all(getattr(told, name) is not None for name in ("capabilities", "line", "max_tokens"))


@pytest.mark.parametrize("kind", [MessageTokensCount, beta.BetaMessageTokensCount])
def test_a_count_of_tokens_is_whole(kind: Any) -> None:
    check(kind, said(surface(), "POST", "/v1/messages/count_tokens", PARAMS))


@pytest.mark.parametrize(
    ("batch", "line", "deleted"),
    [
        (types.MessageBatch, types.MessageBatchIndividualResponse, types.DeletedMessageBatch),
        (
            beta_types.BetaMessageBatch,
            beta_types.BetaMessageBatchIndividualResponse,
            beta_types.BetaDeletedMessageBatch,
        ),
    ],
)
def test_everything_of_a_batch_is_whole(batch: Any, line: Any, deleted: Any) -> None:
    of = surface()
    body = requests(4)
    body["requests"][0]["params"] = {}
    name = said(of, "POST", PATH, body)["id"]
    check(batch, said(of, "GET", f"{PATH}/{name}"))
    check(batch, said(of, "POST", f"{PATH}/{name}/cancel", now=15.0))
    check(batch, said(of, "GET", f"{PATH}/{name}", now=18.0))
    lines = [json.loads(each) for each in said(of, "GET", f"{PATH}/{name}/results", now=18.0).splitlines()]
    assert {each["result"]["type"] for each in lines} == {"errored", "succeeded", "canceled"}
    for each in lines:
        check(line, each)
    check(line, {"custom_id": "r", "result": {"type": "expired"}})
    check(deleted, said(of, "DELETE", f"{PATH}/{name}", now=18.0))


class Clock:
    """What time the service is told that it is."""

    now = 0.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[anthropic.Anthropic]:
    """The real one, whose requests go no further than the surface. Its base URL has a path, as a caller's own may."""
    of = surface(origin="")

    def handle(request: httpx2.Request) -> httpx2.Response:
        return respond(of, request, clock.now)

    http = httpx2.Client(transport=httpx2.MockTransport(handle))
    with anthropic.Anthropic(
        api_key="k", base_url="http://localhost:1/client/7", max_retries=0, http_client=http
    ) as client:
        yield client


def respond(of: Surface, request: httpx2.Request, now: float) -> httpx2.Response:
    """As a server would, that takes off what names the client."""
    path = request.url.raw_path.decode().partition("?")[0].removeprefix("/client/7")
    body = json.loads(request.content) if request.content else {}
    try:
        plain = of.answer(Asked(request.method, path, dict(request.url.params), dict(request.headers), body, now))
    except Rejected as rejected:
        error = {"type": rejected.error.type, "message": rejected.error.message}
        return httpx2.Response(rejected.status, json={"type": "error", "error": error}, headers=dict(rejected.headers))
    content = plain.body if isinstance(plain.body, bytes) else json.dumps(plain.body).encode()
    return httpx2.Response(plain.status, content=content, headers={"content-type": plain.content_type})


def test_the_sdk_lists_models_and_finds_one(client: anthropic.Anthropic) -> None:
    ids = [model.id for model in LINEUP]
    assert [model.id for model in client.models.list(limit=2)] == ids
    assert [model.id for model in client.beta.models.list(limit=4)] == ids
    assert [model.id for model in client.models.list(limit=2, before_id=ids[5])] == [ids[k] for k in (3, 4, 1, 2, 0)]
    assert client.models.retrieve("claude-haiku-4-5").id == "claude-haiku-4-5-20251001"
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("claude/2")


def test_the_sdk_counts_tokens(client: anthropic.Anthropic) -> None:
    turn: Any = {"role": "user", "content": "x" * 40}
    assert client.messages.count_tokens(model="claude-opus-5", messages=[turn]).input_tokens == 10
    assert client.beta.messages.count_tokens(model="claude-opus-5", messages=[turn]).input_tokens == 10
    with pytest.raises(anthropic.BadRequestError):
        client.messages.count_tokens(model="claude-opus-5", messages=[])


@pytest.mark.parametrize("is_beta", [False, True])
def test_the_sdk_leads_a_batch_from_its_beginning_to_its_end(
    client: anthropic.Anthropic, clock: Clock, is_beta: bool
) -> None:
    batches: Any = client.beta.messages.batches if is_beta else client.messages.batches
    one, other = (batches.create(requests=requests(3)["requests"]) for _ in range(2))
    assert [batch.id for batch in batches.list(limit=1)] == [other.id, one.id]
    with pytest.raises(anthropic.AnthropicError, match="Has it finished processing"):
        batches.results(one.id)
    with pytest.raises(anthropic.BadRequestError):
        batches.delete(one.id)
    clock.now = 15.0
    assert batches.cancel(one.id).processing_status == "canceling"
    clock.now = 30.0
    assert batches.retrieve(one.id).request_counts.canceled == 1
    found = list(batches.results(one.id))
    assert [line.result.type for line in found] == ["succeeded", "succeeded", "canceled"]
    assert found[0].result.message.content[0].text == "The lamps went "
    for batch in batches.list(limit=1):
        assert batches.delete(batch.id).type == "message_batch_deleted"
    assert list(batches.list()) == []


def kinds_of(union: Any) -> set[str]:
    """What `type` may be in a parameter of the SDK that is one of several."""
    found = {kind for each in get_args(union) for kind in get_args(get_type_hints(each)["type"])}
    assert len(found) > 2
    return found


@pytest.mark.parametrize("thinking", [ThinkingConfigParam, beta.BetaThinkingConfigParam])
@pytest.mark.parametrize("choice", [ToolChoiceParam, beta.BetaToolChoiceParam])
def test_every_kind_of_thinking_and_of_choice_is_taken(thinking: Any, choice: Any) -> None:
    """What the SDK can ask for is no mistake; what it cannot is named."""
    base = {"model": "m", "max_tokens": 2000, "messages": [{"role": "user", "content": "?"}], "tools": [{"name": "t"}]}
    for kind in kinds_of(thinking):
        budget = {"budget_tokens": 1024} if kind == "enabled" else {}
        messages.create(json.dumps({**base, "thinking": {"type": kind, **budget}}).encode())
    for kind in kinds_of(choice):
        name = {"name": "t"} if kind == "tool" else {}
        messages.create(json.dumps({**base, "tool_choice": {"type": kind, **name}}).encode())
    for field in ("thinking", "tool_choice"):
        with pytest.raises(Rejected) as refused:
            messages.create(json.dumps({**base, field: {"type": "neither"}}).encode())
        assert refused.value.error.message.startswith(f"{field}.type: Input should be ")

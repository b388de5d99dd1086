"""What arrives that should not: requests the service would not take, HTTP that is none, and HTTP that is unusual."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.api.plain import Rejected
from brownout.fakes.draws import Identity
from brownout.fakes.http import requests
from brownout.fakes.http.heads import RequestHead
from brownout.fakes.http.requests import Register, read
from brownout.fakes.ticket import Request

from ...loops import on_loop
from .raw import DEFAULT, RawClient, request
from .serving import service, serving

INVALID = "invalid_request_error"


def head(target: str, headers: Mapping[str, str] | None = None) -> RequestHead:
    """Of a request with a key."""
    return RequestHead("POST", target, {"x-api-key": "k"} | dict(headers or {}))


def asked(**changes: Any) -> bytes:
    """A body with other members; None leaves one out."""
    return json.dumps({name: value for name, value in {**DEFAULT, **changes}.items() if value is not None}).encode()


REFUSED: dict[str, tuple[bytes, int, str, str]] = {
    # name: (request, status, type of error, part of the message)
    "no model": (request(body=asked(model=None)), 400, INVALID, "model: Field required"),
    "a model that is none": (request(body=asked(model=7)), 400, INVALID, "model: "),
    "no max_tokens": (request(body=asked(max_tokens=None)), 400, INVALID, "max_tokens: Field required"),
    "no tokens": (request(body=asked(max_tokens=0)), 400, INVALID, "max_tokens: "),
    "true tokens": (request(body=asked(max_tokens=True)), 400, INVALID, "max_tokens: "),
    "no messages": (request(body=asked(messages=None)), 400, INVALID, "messages: Field required"),
    "empty messages": (request(body=asked(messages=[])), 400, INVALID, "messages: "),
    "messages that are none": (request(body=asked(messages=["Hello"])), 400, INVALID, "messages.0: "),
    "no JSON": (request(body=b"{"), 400, INVALID, "JSON"),
    "no object": (request(body=b"[]"), 400, INVALID, "object"),
    "half of a pair": (request(body=asked(messages=[{"role": "user", "content": "\ud800"}])), 400, INVALID, "JSON"),
    "no UTF-8": (request(body=b'{"model": "\xff"}'), 400, INVALID, "JSON"),
    "a wrong identity": (request(who="1/2/3"), 400, INVALID, "x-brownout-id: "),
    "no key": (request(headers={"x-api-key": ""}), 401, "authentication_error", "x-api-key"),
    "an unknown path": (request(path="/v1/complete"), 404, "not_found_error", "/v1/complete"),
    "a client of no number": (request(path="/client/x/v1/messages"), 404, "not_found_error", "/client/x"),
    "an endless number": (request(path=f"/client/{'9' * 5000}/v1/messages"), 404, "not_found_error", "/client/9"),
    "GET": (request(method="GET", body=b""), 405, INVALID, "Method Not Allowed"),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=list(REFUSED))
@on_loop
async def test_a_wrong_request_is_told_what_is_wrong(refused: tuple[bytes, int, str, str]) -> None:
    """The service's error names what it stumbled over; the connection stays, and the next request is answered."""
    data, status, kind, part = refused
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        await client.send(data)
        answer = await client.answer()
        assert answer.status.split()[1] == str(status)
        assert answer.headers["content-type"] == "application/json"
        assert "request-id" in answer.headers
        assert answer.json["type"] == "error"
        assert answer.json["request_id"] == answer.headers["request-id"]
        assert answer.json["error"]["type"] == kind
        assert part in answer.json["error"]["message"]
        assert (await client.ask()).status == "HTTP/1.1 200 OK"
        assert len(server.endpoint.journal()) == 1


MALFORMED = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no HTTP": b"HELO example.org\r\n\r\n",
    "a header without a colon": b"POST /v1/messages HTTP/1.1\r\nhost fake\r\n\r\n",
    "a length that is none": request(headers={"content-length": "many"}),
    "two lengths": request(headers={"Content-Length": "3"}),
    "a length and chunks": request(headers={"transfer-encoding": "chunked"}),
    "an upgrade to a tunnel": b"CONNECT example.org:443 HTTP/1.1\r\nhost: example.org\r\n\r\n",
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=list(MALFORMED))
@on_loop
async def test_what_is_no_http_ends_the_connection(data: bytes) -> None:
    """It is answered as well as can be, and then there is a FIN; everybody else is served as before."""
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        await client.send(data)
        answer = await client.answer()
        await client.to_the_end()
        assert answer.status.split()[1] in ("400", "405")
        assert answer.headers["connection"] == "close"
        assert (client.end, client.data) == ("closed", b"")
        async with await RawClient.connect(server.port) as other:
            assert (await other.ask()).status == "HTTP/1.1 200 OK"


@on_loop
async def test_rubbish_behind_a_request_does_not_get_into_its_answer() -> None:
    """What came whole is answered whole, then the rest is refused, and the connection ends."""
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        await client.send(request(stream=True))
        await client.until(b"content_block_delta")
        await client.send(b"RUBBISH\r\n\r\nmore of it\r\n\r\n")  # at once: what comes after a close is reset
        first, second = await client.answer(), await client.answer()
        await client.to_the_end()
    assert first.events[-1][0] == "message_stop"
    assert second.status == "HTTP/1.1 400 Bad Request"
    assert (client.end, client.data) == ("closed", b"")


@on_loop
async def test_what_is_pipelined_is_answered_in_its_order() -> None:
    """Requests sent in one piece, the wrong ones among them too, are answered one after the other."""
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        await client.send(
            request(stream=True, who="0/0/0/0")
            + request(body=b"{")
            + request(who="0/1/0/0")
            + request(path="/nowhere")
            + request(stream=True, who="0/2/0/0")
        )
        answers = [await client.answer() for _ in range(5)]
        records = server.endpoint.journal()
    assert [answer.status.split()[1] for answer in answers] == ["200", "400", "200", "404", "200"]
    assert ["transfer-encoding" in answer.headers for answer in answers] == [True, False, False, False, True]
    assert [record.who.call for record in records] == [0, 1, 2]
    for before, after in pairwise(records):
        assert before.ended is not None
        assert before.ended <= after.arrived


@on_loop
async def test_a_request_may_come_byte_by_byte() -> None:
    """However the bytes of two requests are divided over packets, both are read."""
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        for byte in request(who="0/0/0/0") + request(stream=True, who="0/1/0/0"):
            await client.send(bytes([byte]))
        assert (await client.answer()).json["type"] == "message"
        assert (await client.answer()).events[-1][0] == "message_stop"


@on_loop
async def test_a_flood_of_pipelined_requests_is_cut_off() -> None:
    """Nobody can make the server keep more than a few requests that it has not begun."""
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        await client.send(100 * request())
        await client.to_the_end()
        assert client.end in ("closed", "reset")
        assert len(server.endpoint.journal()) == 1


@pytest.mark.parametrize("path", ["/", "/v1/messages"])
@on_loop
async def test_an_answer_to_head_has_no_body(path: str) -> None:
    """Some programs ask for the headers of the base URL first; a body would be read as the next answer."""
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        await client.send(request(method="HEAD", path=path, body=b"") + request())
        await client.until(b"\r\n\r\n")
        head, _, client.data = client.data.partition(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 405 "))
        assert (await client.answer()).status == "HTTP/1.1 200 OK"


@pytest.mark.parametrize("stream", [False, True])
@on_loop
async def test_who_wants_the_connection_closed_gets_it_closed(stream: bool) -> None:
    """After `connection: close` the answer comes whole, says so too, and is followed by a FIN."""
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        answer = await client.ask(stream, headers={"connection": "close"})
        await client.to_the_end()
    assert answer.headers["connection"] == "close"
    assert (client.end, client.data) == ("closed", b"")


@on_loop
async def test_an_offer_of_http_2_is_passed_over() -> None:
    """A client that offers an upgrade with its request, as Java's does, is answered in HTTP/1.1, again and again."""
    offer = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2-settings": "AAMAAABkAAQAoAAAAAIAAAAA"}
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        for whole in (True, False):
            head, blank, body = request(headers=offer).partition(b"\r\n\r\n")
            await client.send(head + blank + body if whole else head + blank)
            await client.send(b"" if whole else body)
            assert (await client.answer()).json["type"] == "message"
        assert (await client.ask()).status == "HTTP/1.1 200 OK"


@on_loop
async def test_a_defect_of_the_server_is_not_blamed_on_the_client() -> None:
    """What goes wrong in our own code is reported to whoever runs the server, and ends the connection unanswered."""
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: reported.append(context))
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        with patch.object(server.endpoint, "answer", side_effect=ZeroDivisionError):
            await client.send(request())
            await client.to_the_end()
    (context,) = reported
    assert isinstance(context["exception"].__context__, ZeroDivisionError)
    assert client.data == b""


@on_loop
async def test_who_asks_first_is_told_to_go_on() -> None:
    """`expect: 100-continue` is answered before the body is there."""
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        head, blank, body = request(headers={"expect": "100-continue"}).partition(b"\r\n\r\n")
        await client.send(head + blank)
        await client.until(b"HTTP/1.1 100 Continue\r\n\r\n")
        client.data = b""
        await client.send(body)
        assert (await client.answer()).status == "HTTP/1.1 200 OK"


@on_loop
async def test_a_large_header_is_read() -> None:
    """As large as any that a proxy or a tracer adds."""
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        assert (await client.ask(headers={"x-large": "y" * 50_000})).status == "HTTP/1.1 200 OK"


@pytest.mark.parametrize("headers", [{"x-api-key": "k"}, {"x-api-key": "", "authorization": "Bearer k"}])
@pytest.mark.parametrize("query", ["", "?beta=true"])
@on_loop
async def test_either_kind_of_key_opens(headers: dict[str, str], query: str) -> None:
    """Older and newer SDKs send their key in different headers, and the beta interface adds a query."""
    async with serving(service()) as server, await RawClient.connect(server.port) as client:
        assert (await client.ask(headers=headers, path="/v1/messages" + query)).status == "HTTP/1.1 200 OK"


# -- who it is


def test_a_program_that_does_not_name_itself_is_counted() -> None:
    """The n-th request under a client's path is its n-th call; the SDK's count of retries is the attempt."""
    register = Register()
    asked_by = [
        ("/v1/messages", "0"),
        ("/client/7/v1/messages", "0"),
        ("/client/7/v1/messages", "2"),
        ("/v1/messages", "x"),
    ]
    seen = [read(head(path, {"x-stainless-retry-count": retry}), asked(), register).who for path, retry in asked_by]
    assert seen == [Identity(0, 0, 0), Identity(7, 0, 0), Identity(7, 1, 2), Identity(0, 1, 0)]


def test_of_calls_that_are_numbered_the_latest_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that runs for days does not remember the first of them; a call that goes on is not forgotten."""
    monkeypatch.setattr(requests, "MOST_CALLS", 10)
    register = Register()
    for call in range(50):
        assert register.attempt_of(0, call) == Identity(0, call, 0)
        assert register.attempt_of(1, 0) == Identity(1, 0, call)
    assert register.attempt_of(0, 45) == Identity(0, 45, 1)
    assert register.attempt_of(0, 7) == Identity(0, 7, 0)
    assert len(register._of_calls) == 10


def test_a_program_that_names_itself_is_believed() -> None:
    """Our drivers give each request its identity in a header."""
    who = Identity(3, 1, 4, 1)
    assert read(head("/v1/messages", {"x-brownout-id": str(who)}), asked(), Register()).who == who


PROMPTS: dict[str, tuple[dict[str, Any], int]] = {
    # name: (members, tokens at four bytes each)
    "a text": ({"messages": [{"role": "user", "content": "x" * 40}]}, 10),
    "blocks": ({"messages": [{"role": "user", "content": [{"type": "text", "text": "x" * 40}] * 2}]}, 20),
    "a system prompt": ({"system": "y" * 40, "messages": [{"role": "user", "content": "x" * 40}]}, 20),
    "bytes, not letters": ({"messages": [{"role": "user", "content": "é" * 40}]}, 20),
    "next to nothing": ({"messages": [{"role": "user", "content": ""}]}, 1),
}


@pytest.mark.parametrize(("members", "tokens"), PROMPTS.values(), ids=list(PROMPTS))
def test_the_length_of_the_prompt_is_estimated(members: dict[str, Any], tokens: int) -> None:
    """A token is four bytes of whatever text the prompt holds."""
    assert read(head("/v1/messages"), asked(**members), Register()).input_tokens == tokens


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
members = st.dictionaries(st.sampled_from(["model", "max_tokens", "messages", "system", "stream"]), json_values)
bodies = st.one_of(
    st.binary(max_size=50),
    st.builds(lambda changes: json.dumps({**DEFAULT, **changes}).encode(), members),
    st.builds(
        lambda message: json.dumps({**DEFAULT, "messages": [message]}).encode(),
        st.dictionaries(st.sampled_from(["role", "content", "text"]), json_values),
    ),
)
texts = st.text(st.characters(codec="latin-1"), max_size=20)
headers = st.dictionaries(
    st.sampled_from(["x-api-key", "authorization", "x-brownout-id", "x-stainless-retry-count"]), texts
)


@given(headers, bodies)
def test_whatever_arrives_is_a_request_or_refused(headers: dict[str, str], body: bytes) -> None:
    """No bytes make the checks fail in a way of their own, and every refusal is an error with a type and a message."""
    result: Request | Rejected
    try:
        result = read(RequestHead("POST", "/v1/messages", headers), body, Register())
    except Rejected as rejected:
        result = rejected
    if isinstance(result, Request):
        assert result.input_tokens >= 1
        assert result.max_tokens >= 1
    else:
        assert 400 <= result.status < 500
        assert result.error.type
        assert result.error.message

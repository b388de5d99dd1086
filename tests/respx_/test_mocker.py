"""respx for clients of httpx2: routes, counts, decorators and nesting as for httpx, and nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import httpx2
import pytest
import respx

from brownout.respx import Httpx2Mocker

from ..fakes.wire.raw import DEFAULT

URL = "https://api.anthropic.com/v1/messages"
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-5-5",
    "content": [{"type": "text", "text": "Good evening."}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 3},
}
REAL = (httpx2.HTTPTransport.handle_request, httpx2.AsyncHTTPTransport.handle_async_request)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Whatever a test does, afterwards the library is what it was."""
    yield
    assert (httpx2.HTTPTransport.handle_request, httpx2.AsyncHTTPTransport.handle_async_request) == REAL
    assert (Httpx2Mocker.routers, Httpx2Mocker._patches) == ([], [])


def mocked(**given: Any) -> respx.MockRouter:
    return respx.mock(using="httpx2", **given)


@pytest.mark.usefixtures("at_once")
def test_the_sdk_is_answered() -> None:
    with mocked() as router:
        route = router.post(URL).mock(side_effect=[httpx.Response(429, json={}), httpx.Response(200, json=MESSAGE)])
        answer = anthropic.Anthropic(api_key="k").messages.create(**DEFAULT)
    assert answer.content[0].type == "text"
    assert answer.content[0].text == "Good evening."
    assert route.call_count == 2
    assert [call.request.headers["x-stainless-retry-count"] for call in route.calls] == ["0", "1"]


@pytest.mark.usefixtures("at_once")
def test_the_asynchronous_sdk_is_answered() -> None:
    async def main() -> str | None:
        async with mocked() as router, anthropic.AsyncAnthropic(api_key="k") as client:
            router.post(URL).mock(side_effect=[httpx.ConnectTimeout, httpx.Response(200, json=MESSAGE)])
            return (await client.messages.create(**DEFAULT)).stop_reason

    assert asyncio.run(main()) == "end_turn"


def test_an_asynchronous_side_effect_is_awaited() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return httpx.Response(200, text=request.method)

    async def main() -> str:
        with mocked() as router:
            router.route().mock(side_effect=answer)
            async with httpx2.AsyncClient() as client:
                return (await client.get(URL)).text

    assert asyncio.run(main()) == "GET"


def test_a_client_made_before_is_mocked_and_works_afterwards() -> None:
    with httpx2.Client(trust_env=False) as client:
        with mocked() as router:
            router.get("http://127.0.0.1:1/").respond(text="mocked")
            assert client.get("http://127.0.0.1:1/").text == "mocked"
        with pytest.raises(httpx2.ConnectError):
            client.get("http://127.0.0.1:1/")


def test_patterns_choose_the_route() -> None:
    with mocked(base_url="https://api.anthropic.com/v1") as router:
        streams = router.post("/messages", json__stream=True).respond(text="stream")
        plain = router.post(path__regex=r"^/(?P<what>\w+)$").mock(
            side_effect=lambda request, what: httpx.Response(200, text=what)
        )
        assert httpx2.post(URL, json={"stream": True}).text == "stream"
        assert httpx2.post(URL, json={"stream": False}).text == "messages"
        assert (streams.call_count, plain.call_count, router.calls.call_count) == (1, 1, 2)


def test_a_route_that_was_not_called_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="some routes were not called"), mocked() as router:
        router.get(URL)


def test_a_request_without_a_route_is_refused() -> None:
    with mocked(assert_all_called=False), pytest.raises(AssertionError, match="not mocked"):
        httpx2.get(URL)


@mocked()
def test_it_is_a_decorator(respx_mock: respx.MockRouter) -> None:
    route = respx_mock.get(URL).respond(204)
    assert httpx2.get(URL).status_code == 204
    assert route.called


def test_it_is_a_decorator_of_coroutines() -> None:
    @mocked()
    async def main(respx_mock: respx.MockRouter) -> int:
        respx_mock.get(URL).respond(204)
        async with httpx2.AsyncClient() as client:
            return (await client.get(URL)).status_code

    assert asyncio.run(main()) == 204


@pytest.mark.respx(using="httpx2")
def test_the_fixture_of_respx_takes_it(respx_mock: respx.MockRouter) -> None:
    respx_mock.get(URL).respond(204)
    assert httpx2.get(URL).status_code == 204


def test_routers_nest() -> None:
    """What the outer one does not know the inner one may; that of httpx is nobody's concern."""
    with mocked() as outer, respx.mock() as other, mocked() as inner:
        outer.get("https://one/").respond(text="one")
        inner.get("https://two/").respond(text="two")
        other.get("https://one/").respond(text="of httpx")
        assert (httpx2.get("https://one/").text, httpx2.get("https://two/").text) == ("one", "two")
        assert httpx.get("https://one/").text == "of httpx"


def test_who_leaves_first_does_not_matter() -> None:
    first, second = mocked(), mocked()
    first.start()
    second.start()
    first.stop()
    second.get(URL).respond(204)
    assert httpx2.get(URL).status_code == 204
    second.stop()


def test_an_exception_inside_leaves_nothing_behind() -> None:
    with pytest.raises(ZeroDivisionError), mocked():
        raise ZeroDivisionError


class Real(httpx2.HTTPTransport):
    """A transport of the program, under which the network begins."""

    sent: list[str]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(str(request.url))
        return super().handle_request(request)


def test_the_programs_own_transports_run() -> None:
    transport = Real()
    transport.sent = []
    with mocked() as router, httpx2.Client(transport=transport) as client:
        router.get(URL).respond(204)
        assert client.get(URL).status_code == 204
    assert transport.sent == [URL]


def test_what_needs_no_network_is_left_alone() -> None:
    """An application under test, for one."""
    with (
        mocked(assert_all_called=False),
        httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(201))) as client,
    ):
        assert client.get("http://testserver/").status_code == 201


def test_what_passes_through_goes_where_it_would_have_gone() -> None:
    """As the client made it, over its own transport; its response, or its error, is not touched."""

    def main(router: respx.MockRouter) -> None:
        route = router.get("http://127.0.0.1:1/").pass_through()
        with httpx2.Client(trust_env=False) as client, pytest.raises(httpx2.ConnectError) as caught:
            client.get("http://127.0.0.1:1/", headers={"x-mine": "1"})
        assert isinstance(caught.value.__cause__, Exception)
        assert type(caught.value.__cause__).__module__ == "httpcore2"
        assert caught.value.request.headers["x-mine"] == "1"
        assert route.called
        assert not route.calls.last.has_response

    with mocked() as router:
        main(router)


def test_a_body_that_passes_through_was_read_and_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []

    async def handle(_: httpx2.AsyncHTTPTransport, request: httpx2.Request) -> httpx2.Response:
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        sent.append(b"".join([part async for part in request.stream]))
        return httpx2.Response(204)

    async def body() -> Any:
        yield b"one "
        yield b"two"

    async def main() -> int:
        with mocked() as router:
            router.route().pass_through()
            async with httpx2.AsyncClient() as client:
                return (await client.post(URL, content=body())).status_code

    with monkeypatch.context() as patches:
        patches.setattr(httpx2.AsyncHTTPTransport, "handle_async_request", handle)
        assert asyncio.run(main()) == 204
    assert sent == [b"one two"]


def test_a_library_that_cannot_be_mocked_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Httpx2Mocker, "targets", ["httpx2.HTTPTransport", "httpx2.GoneTransport"])
    with pytest.raises(RuntimeError, match="no transports that can be mocked"), mocked():
        pass
    Httpx2Mocker.routers.clear()

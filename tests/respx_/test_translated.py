"""Requests, responses and exceptions of one library as the other's: nothing is lost, and nothing added."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import httpx2
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

import brownout.respx
from brownout.harness.testing.in_process.translated import asked, told, twin

URL = "https://api.anthropic.com/v1/messages"
ASK = httpx2.Request("POST", URL)
TOKEN = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ-", min_size=1, max_size=12)
VALUE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20)
HEADERS = st.lists(st.tuples(TOKEN, VALUE), max_size=8)
PATHS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x2FF, exclude_characters="?#\x7f"), max_size=12)

assert brownout.respx.Httpx2Mocker.name == "httpx2"


@given(
    st.sampled_from(["GET", "POST", "DELETE", "OPTIONS"]),
    PATHS,
    st.dictionaries(TOKEN, VALUE, max_size=3),
    HEADERS,
    st.binary(max_size=50),
)
def test_a_request_is_the_same(
    method: str, path: str, query: dict[str, str], headers: list[tuple[str, str]], body: bytes
) -> None:
    """Its method, its target to the byte, its headers in order and case, repeated ones too, its body and limits."""
    timeout = {"connect": 1.0, "read": None, "write": 3.0, "pool": 4.0}
    url = httpx2.URL(f"https://user:pass@host:8443/{path}", params=query or None)
    request = httpx2.Request(method, url, headers=headers, content=body, extensions={"timeout": timeout})
    request.read()
    made = asked(request)
    assert made.method == method
    assert (made.url.scheme, made.url.userinfo, made.url.raw_host, made.url.port, made.url.raw_path) == (
        request.url.scheme,
        request.url.userinfo,
        request.url.raw_host,
        request.url.port,
        request.url.raw_path,
    )
    assert made.headers.raw == request.headers.raw
    assert made.content == body
    assert made.extensions == request.extensions


def test_a_chunked_request_stays_chunked() -> None:
    request = httpx2.Request("POST", URL, content=iter([b"one ", b"two"]))
    request.read()
    made = asked(request)
    assert made.content == b"one two"
    assert made.headers.raw == request.headers.raw
    assert "content-length" not in made.headers


class Chunks(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Chunk by chunk, and then perhaps an exception."""

    def __init__(self, chunks: list[bytes], error: Exception | None = None) -> None:
        self.chunks = chunks
        self.error = error
        self.given = 0
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.given += 1
            yield chunk
        if self.error is not None:
            raise self.error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.close()


@given(st.integers(200, 599), HEADERS, st.lists(st.binary(min_size=1, max_size=9), max_size=5))
def test_a_response_is_the_same(status: int, headers: list[tuple[str, str]], chunks: list[bytes]) -> None:
    extensions = {"http_version": b"HTTP/2", "reason_phrase": b"Quite So"}
    response = httpx.Response(status, headers=headers, stream=Chunks(chunks), extensions=extensions)
    made = told(response, ASK)
    assert (made.status_code, made.reason_phrase, made.http_version) == (status, "Quite So", "HTTP/2")
    assert made.headers.raw == response.headers.raw
    assert list(made.iter_raw()) == chunks


@pytest.mark.parametrize("is_async", [False, True])
def test_a_stream_comes_chunk_by_chunk_until_it_breaks(is_async: bool) -> None:
    stream = Chunks([b"one", b"two"], httpx.ReadError("gone"))

    seen: list[tuple[bytes, int]] = []

    def blocking() -> None:
        with httpx2.stream("GET", URL) as response:
            seen.extend((chunk, stream.given) for chunk in response.iter_bytes())

    async def asynchronous() -> None:
        async with httpx2.AsyncClient() as client, client.stream("GET", URL) as response:
            async for chunk in response.aiter_bytes():
                seen.extend([(chunk, stream.given)])

    with respx.mock(using="httpx2") as router:
        router.get(URL).respond(stream=stream)
        with pytest.raises(httpx2.ReadError, match="gone") as caught:
            asyncio.run(asynchronous()) if is_async else blocking()
    assert str(caught.value.request.url) == URL
    assert seen == [(b"one", 1), (b"two", 2)]
    assert stream.is_closed


def test_a_stream_that_is_left_is_closed() -> None:
    stream = Chunks([b"one", b"two"])
    with respx.mock(using="httpx2") as router:
        router.get(URL).respond(stream=stream)
        with httpx2.stream("GET", URL) as response:
            assert next(response.iter_raw()) == b"one"
    assert (stream.given, stream.is_closed) == (1, True)


def test_a_generator_is_a_body() -> None:
    def parts() -> Iterator[bytes]:
        yield b"one "
        yield b"two"

    with respx.mock(using="httpx2") as router:
        router.get(URL).respond(content=parts())
        assert httpx2.get(URL).text == "one two"


def test_a_compressed_body_is_decoded_once() -> None:
    with respx.mock(using="httpx2") as router:
        router.get(URL).respond(headers={"content-encoding": "gzip"}, content=gzip.compress(b"hello"))
        assert [httpx2.get(URL).text for _ in range(2)] == ["hello", "hello"]


def test_headers_that_come_twice_do() -> None:
    with respx.mock(using="httpx2") as router, httpx2.Client() as client:
        router.get(URL).respond(headers=[("set-cookie", "a=1"), ("Set-Cookie", "b=2")])
        assert client.get(URL).headers.get_list("set-cookie") == ["a=1", "b=2"]
        assert dict(client.cookies) == {"a": "1", "b": "2"}


EXCEPTIONS = [
    name
    for name in httpx.__all__
    if isinstance(getattr(httpx, name), type) and issubclass(getattr(httpx, name), httpx.RequestError)
]


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_of_a_transport_has_its_twin(name: str) -> None:
    """Raised by a route, as an instance or as a class."""
    kind, wanted = getattr(httpx, name), getattr(httpx2, name)
    with respx.mock(using="httpx2") as router:
        router.get(URL).mock(side_effect=[kind("why"), kind])
        with pytest.raises(wanted, match="why") as caught:
            httpx2.get(URL)
        with pytest.raises(wanted, match="Mock Error"):
            httpx2.get(URL)
    assert type(caught.value) is wanted
    assert str(caught.value.request.url) == URL
    assert type(caught.value.__cause__) is kind


def test_a_kind_of_an_exception_is_the_nearest_there_is() -> None:
    class Mine(httpx.ReadTimeout):
        pass

    assert type(twin(Mine("why"), httpx2, ASK)) is httpx2.ReadTimeout


def test_a_status_error_keeps_its_response() -> None:
    response = httpx.Response(503, request=httpx.Request("GET", URL), text="closed")
    with respx.mock(using="httpx2") as router:
        router.get(URL).mock(side_effect=httpx.HTTPStatusError("why", request=response.request, response=response))
        with pytest.raises(httpx2.HTTPStatusError) as caught:
            httpx2.get(URL)
    assert caught.value.response.read() == b"closed"


@pytest.mark.parametrize("error", [ZeroDivisionError("mine"), TimeoutError("mine"), httpx2.ReadError("mine")])
def test_other_exceptions_are_left_as_they_are(error: Any) -> None:
    with respx.mock(using="httpx2") as router:
        router.get(URL).mock(side_effect=error)
        with pytest.raises(type(error), match="mine") as caught:
            httpx2.get(URL)
    assert caught.value is error

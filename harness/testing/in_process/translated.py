"""httpx and httpx2 as each other: two libraries with the same names, whose objects do not mix."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import httpx2

_KIN = frozenset({"httpx", "httpx2", "httpcore", "httpcore2"})


def twin(error: BaseException, library: Any, request: Any) -> Exception | None:
    """The exception that the other library has under the name of this one, or of what it is a kind of; None if there
    is no such thing."""
    for kind in type(error).__mro__:
        found = getattr(library, kind.__name__, None)
        if kind.__module__ in _KIN and isinstance(found, type) and issubclass(found, Exception):
            if found is kind:
                return None  # it is one already
            made = found.__new__(found, *error.args)  # their constructors differ, and do nothing else
            if isinstance(made, httpx.HTTPError | httpx2.HTTPError):
                made.request = request
            return made
    return None


def asked(request: httpx2.Request) -> httpx.Request:
    """A request whose body has been read, for httpx: not a header more or less, and in the same order."""
    made = httpx.Request(
        request.method,
        str(request.url),
        headers=request.headers.raw,
        stream=httpx.ByteStream(request.content),
        extensions=request.extensions,
    )
    made.read()
    return made


def told(response: httpx.Response, request: httpx2.Request) -> httpx2.Response:
    """A response for httpx2. Its body is passed on as it comes, as bytes of the wire: what is compressed stays so."""
    return httpx2.Response(
        response.status_code,
        headers=response.headers.raw,
        stream=_stream(response.stream, request),
        extensions=dict(response.extensions),
        request=request,
    )


@contextmanager
def translated(request: httpx2.Request) -> Iterator[None]:
    """While this lasts, exceptions of httpx are those of httpx2."""
    try:
        yield
    except Exception as error:
        if (made := twin(error, httpx2, request)) is None:
            raise
        if isinstance(error, httpx.HTTPStatusError) and isinstance(made, httpx2.HTTPStatusError):
            made.response = told(error.response, request)
        raise made from error


class _Blocking(httpx2.SyncByteStream):
    def __init__(self, stream: Any, request: httpx2.Request) -> None:
        self._stream = stream
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        with translated(self._request):
            yield from self._stream

    def close(self) -> None:
        with translated(self._request):
            self._stream.close()


class _Async(httpx2.AsyncByteStream):
    def __init__(self, stream: Any, request: httpx2.Request) -> None:
        self._stream = stream
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with translated(self._request):
            async for chunk in self._stream:
                yield chunk

    async def aclose(self) -> None:
        with translated(self._request):
            await self._stream.aclose()


class _Either(_Blocking, _Async):
    pass


def _stream(stream: Any, request: httpx2.Request) -> httpx2.SyncByteStream | httpx2.AsyncByteStream:
    """For the kinds of client that it was for; those of the other kind refuse it, as those of httpx do."""
    if isinstance(stream, httpx.SyncByteStream) and isinstance(stream, httpx.AsyncByteStream):
        return _Either(stream, request)
    return _Blocking(stream, request) if isinstance(stream, httpx.SyncByteStream) else _Async(stream, request)

"""The same limits through TLS, where a read of the application's is not one of the socket's."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import pytest

import brownout
from brownout import errors
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.timeline import Phase
from brownout.fakes.wire.apart import WireThread
from brownout.fakes.wire.certificates import AUTHORITY, Certificates, file_of
from brownout.harness.certificates import make

from ...fakes.wire.serving import fault_of, service
from .callers import NO_RETRIES, Async, Blocking, Caller, layers
from .test_hedges import branches, until


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With certificates."""
    folder = tmp_path_factory.mktemp("certificates")
    make(folder)
    return folder


def calling(style: type[Blocking] | type[Async], server: WireThread, folder: Path) -> Caller:
    """A client that trusts the server."""
    context = ssl.create_default_context(cafile=str(file_of(folder, AUTHORITY)))
    caller = style(server.url)
    if style is Blocking:
        http_client: Any = anthropic.DefaultHttpxClient(verify=context)
        caller.bare = anthropic.Anthropic(api_key="none", base_url=server.url, http_client=http_client)
    else:
        http_client = anthropic.DefaultAsyncHttpxClient(verify=context)
        caller.bare = anthropic.AsyncAnthropic(api_key="none", base_url=server.url, http_client=http_client)
    return caller


def served(folder: Path, **fault: Any) -> WireThread:
    """A server that has this trouble."""
    shown = Certificates.read(folder)
    what = service(Phase(0.0, (fault_of(fault),)), first_token="20ms", gap="2ms")
    return WireThread(Endpoint(what, seed=1), shown.good, shown.untrusted)


@pytest.fixture(params=[Blocking, Async])
def style(request: pytest.FixtureRequest) -> Iterator[Any]:
    return request.param


def test_a_stream_that_trickles_is_ended(style: Any, folder: Path) -> None:
    with served(folder, kind="trickle", at={"tokens": 3}, every="20ms") as server:
        server.do(server.server.begin)
        caller = calling(style, server, folder)
        caller.resilient(layers("deadline: {total: 400ms}", NO_RETRIES, timeouts="read: 100s"))
        with pytest.raises(errors.DeadlineExceeded) as raised:
            caller.text()
        assert raised.value.partial
        caller.close()


def test_a_silent_stream_is_ended(style: Any, folder: Path) -> None:
    with served(folder, kind="stall", pings="20ms") as server:
        server.do(server.server.begin)
        caller = calling(style, server, folder)
        caller.resilient(layers("content_gap: {limit: 200ms}", NO_RETRIES, timeouts="read: 100s"))
        with pytest.raises(brownout.errors.ContentGapExceeded):
            caller.final()
        caller.close()


def test_branches_are_hung_up_on(style: Any, folder: Path) -> None:
    with served(folder, kind="no_answer") as server:
        server.do(server.server.begin)
        caller = calling(style, server, folder)
        caller.resilient(layers("deadline: {total: 400ms}", "hedge: {after: 50ms}", NO_RETRIES, timeouts="read: 100s"))
        with pytest.raises(errors.DeadlineExceeded):
            caller.create()
        until(lambda: not branches())
        until(lambda: all(request.left is not None for request in server.do(server.server.endpoint.journal)))
        assert len(server.do(server.server.endpoint.journal)) == 2
        caller.close()

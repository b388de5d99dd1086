"""Faults of TLS on a bare socket: what comes of a handshake, who is counted, and who is left alone."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.timeline import Phase
from brownout.fakes.wire.certificates import AUTHORITY, Certificates, file_of
from brownout.fakes.wire.server import WireServer
from brownout.harness.certificates import certificates

from ...loops import on_loop
from .raw import RawClient, request
from .serving import SteppedServer, fault_of, outcome, service, serving, until

CALM = Phase(10.0)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with certificates() as made:
        yield made


@asynccontextmanager
async def serving_tls(folder: Path, *phases: Phase) -> AsyncIterator[SteppedServer]:
    async with serving(service(*phases), certificates=Certificates.read(folder)) as server:
        yield server


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(file_of(folder, AUTHORITY)))


def phase(**given: Any) -> Phase:
    return Phase(10.0, (fault_of(given),))


async def handshake(server: WireServer, context: ssl.SSLContext) -> str:
    """How it ends."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=context)
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except ConnectionResetError:
        return "reset"
    writer.transport.abort()
    return "done"


def counts(server: WireServer) -> tuple[int, int]:
    [count] = server.endpoint.timeline.counts
    return count.planned, count.fired


WRONG = {
    # as `bad_certificate` has it: what OpenSSL says
    "expired": "certificate has expired",
    "self_signed": "self-signed certificate",
    "wrong_host": "IP address mismatch, certificate is not valid for '127.0.0.1'.",
}


@pytest.mark.parametrize("why", WRONG)
@on_loop
async def test_a_certificate_is_bad_in_the_way_that_is_named(why: str, folder: Path) -> None:
    """A client that trusts the authority finds just that wrong; once the phase is over nothing is."""
    async with serving_tls(folder, phase(kind="bad_certificate", why=why), CALM) as server:
        said = await handshake(server, trusting(folder))
        assert said.replace("self signed", "self-signed") == WRONG[why]
        await until(lambda: counts(server) == (1, 1))
        server.enter(1)
        assert await handshake(server, trusting(folder)) == "done"
        assert server.failed_handshakes == 0  # of those that nobody has meant
        assert len(server.endpoint.entrance.turned_away) == 1


@on_loop
async def test_who_checks_no_certificate_is_not_hit(folder: Path) -> None:
    """He is served; the fault was meant for him and has not taken effect."""
    context = trusting(folder)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with serving_tls(folder, phase(kind="bad_certificate")) as server:
        assert await handshake(server, context) == "done"
        assert counts(server) == (1, 0)


@on_loop
async def test_a_handshake_is_reset(folder: Path) -> None:
    """In answer to the client's first word, and not before it."""
    async with serving_tls(folder, phase(kind="tls_reset")) as server:
        async with await RawClient.connect(server.port) as silent:
            assert await handshake(server, trusting(folder)) == "reset"
            assert counts(server) == (2, 1)
            await silent.send(b"\x16\x03\x01")
            await silent.receive()
            assert (silent.data, silent.end) == (b"", "reset")
        assert counts(server) == (2, 2)


@on_loop
async def test_a_handshake_stalls(folder: Path) -> None:
    """Those of others, begun when it is over, come to their end while it goes on; the client may leave."""
    async with serving_tls(folder, phase(kind="tls_stall"), CALM) as server:
        stuck = asyncio.ensure_future(handshake(server, trusting(folder)))
        await until(lambda: counts(server) == (1, 1))
        server.enter(1)
        for _ in range(3):
            assert await handshake(server, trusting(folder)) == "done"
        assert not stuck.done()
        stuck.cancel()
        await outcome(stuck)


@on_loop
async def test_who_is_stuck_is_let_go_when_the_server_stops(folder: Path) -> None:
    """At once, however long he would have waited."""
    async with serving_tls(folder, phase(kind="tls_stall")) as server:
        stuck = asyncio.ensure_future(handshake(server, trusting(folder)))
        await until(lambda: counts(server) == (1, 1))
    assert await outcome(stuck) != "done"


@pytest.mark.parametrize("kind", ["tls_stall", "tls_reset", "bad_certificate"])
@on_loop
async def test_with_a_where_it_acts_on_the_request(kind: str, folder: Path) -> None:
    """Nobody has named himself before: the handshake is done, and then the one that is meant gets no answer."""
    async with serving_tls(folder, phase(kind=kind, where={"clients": [0]})) as server:
        ends = []
        for client in (1, 0):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=trusting(folder))
            writer.write(request(who=f"{client}/0/0/0"))
            head = asyncio.ensure_future(outcome(reader.readuntil(b"\r\n\r\n")))
            await until(lambda head=head: head.done() or counts(server) == (1, 1))  # type: ignore[misc]
            if kind == "tls_stall" and client == 0:
                assert await handshake(server, trusting(folder)) == "done"
                ends.append("done" if head.done() else "silent")
                head.cancel()
            else:
                got = await head
                ends.append("answered" if isinstance(got, bytes) else "reset")
            writer.transport.abort()
    assert ends == ["answered", "silent" if kind == "tls_stall" else "reset"]


def test_a_server_without_tls_shows_no_certificate(folder: Path) -> None:
    """And says so to whoever asks."""
    what = Endpoint(service(), seed=1)
    assert not WireServer(what).speaks_tls()
    assert WireServer(what, tls=Certificates.read(folder).good).speaks_tls()

"""The two ends of a connection in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from brownout.fakes.virtual.transport import ROOM, MemorySocket
from brownout.fakes.virtual.world import World

from .peers import Peer, connected, read, settle

Ends = tuple[World, MemorySocket, Peer]


@pytest.fixture
def ends() -> Iterator[Ends]:
    with World() as world:
        yield world, *connected(world)


@pytest.fixture
def half_open() -> Iterator[Ends]:
    """The server goes on when the client has sent its FIN."""
    with World() as world:
        yield world, *connected(world, stays_open=True)


def test_bytes_go_both_ways(ends: Ends) -> None:
    world, socket, peer = ends
    assert socket.send(b"question") == 8
    settle(world)
    assert peer.received == b"question"
    assert (socket.recv(10), socket.is_readable) == (None, False)
    peer.transport.write(b"an ")
    peer.transport.write(memoryview(b"answer"))
    assert socket.is_readable
    assert [socket.recv(2), socket.recv(2), socket.recv(100), socket.recv(100)] == [b"an", b" ", b"answer", None]


def test_whoever_waits_is_told_once(ends: Ends) -> None:
    _, socket, peer = ends
    calls: list[str] = []
    socket.on_readable = lambda: calls.append("readable")
    peer.transport.write(b"1")
    peer.transport.write(b"2")
    assert calls == ["readable"]


@pytest.mark.parametrize(("how", "end"), [("close", b""), ("abort", b""), ("reset", None)])
def test_what_the_server_sent_before_its_end_is_read_first(ends: Ends, how: str, end: bytes | None) -> None:
    world, socket, peer = ends
    peer.transport.write(b"answer")
    getattr(peer.transport, how)()
    peer.transport.write(b"too late")
    settle(world)
    assert (socket.is_readable, socket.recv(100)) == (True, b"answer")
    for _ in range(2):
        if end is None:
            with pytest.raises(ConnectionResetError):
                socket.recv(100)
        else:
            assert socket.recv(100) == end
    assert peer.seen == ["lost"]


def test_sending_to_a_server_that_has_left(ends: Ends) -> None:
    """A kernel takes what nobody will read, until it has heard of a RST."""
    world, socket, peer = ends
    peer.transport.close()
    assert socket.send(b"x" * 2 * ROOM) == 2 * ROOM
    settle(world)
    assert peer.received == b""


def test_sending_after_a_reset(ends: Ends) -> None:
    _, socket, peer = ends
    peer.transport.reset()
    with pytest.raises(BrokenPipeError):
        socket.send(b"x")


def test_the_client_sends_fin_and_the_server_answers(half_open: Ends) -> None:
    world, socket, peer = half_open
    socket.send(b"whole question")
    socket.shutdown()
    with pytest.raises(BrokenPipeError):
        socket.send(b"more")
    settle(world)
    assert (peer.seen, peer.received) == (["data", "eof"], b"whole question")
    peer.transport.write(b"answer")
    peer.transport.close()
    settle(world)
    assert read(socket) == b"answer"
    assert peer.seen == ["data", "eof", "lost"]


def test_a_server_that_does_not_stay_closes_at_fin(ends: Ends) -> None:
    world, socket, peer = ends
    socket.shutdown()
    settle(world)
    settle(world)
    assert peer.seen == ["eof", "lost"]
    assert socket.recv(100) == b""


def test_the_server_sends_fin_and_the_client_goes_on(ends: Ends) -> None:
    world, socket, peer = ends
    peer.transport.write(b"answer")
    assert peer.transport.can_write_eof()
    peer.transport.write_eof()
    peer.transport.write_eof()
    with pytest.raises(RuntimeError, match="after write_eof"):
        peer.transport.write(b"more")
    assert (read(socket), socket.recv(100)) == (b"answer", b"")
    assert socket.send(b"still here") == 10
    settle(world)
    assert peer.received == b"still here"
    socket.close()
    settle(world)
    assert peer.seen == ["data", "lost"]


def test_the_client_closes(ends: Ends) -> None:
    world, socket, peer = ends
    peer.transport.write(b"unread")
    socket.close()
    socket.close()
    settle(world)
    assert peer.seen == ["lost"]
    assert peer.transport.is_closing()
    peer.transport.write(b"nobody reads it")
    with pytest.raises(OSError, match="closed"):
        socket.recv(1)
    with pytest.raises(BrokenPipeError):
        socket.send(b"x")


def test_what_the_client_sent_before_it_closed_arrives(ends: Ends) -> None:
    world, socket, peer = ends
    socket.send(b"last words")
    socket.close()
    settle(world)
    assert (peer.received, peer.seen) == (b"last words", ["data", "lost"])


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_server_that_closes_hears_nothing_more(ends: Ends, how: str) -> None:
    world, socket, peer = ends
    socket.send(b"unheard")
    getattr(peer.transport, how)()
    settle(world)
    assert (peer.received, peer.seen) == (b"", ["lost"])


def test_whoever_waits_hears_of_the_end(ends: Ends) -> None:
    _, socket, peer = ends
    calls: list[str] = []
    socket.on_readable = lambda: calls.append("readable")
    socket.on_writable = lambda: calls.append("writable")
    peer.transport.reset()
    assert calls == ["readable", "writable"]


def test_a_server_that_does_not_read_holds_up_the_client(ends: Ends) -> None:
    world, socket, peer = ends
    calls: list[str] = []
    peer.transport.pause_reading()
    assert not peer.transport.is_reading()
    assert socket.send(b"a" * (ROOM + 5)) == ROOM
    assert socket.send(b"b") == 0
    socket.on_writable = lambda: calls.append("writable")
    settle(world)
    assert (peer.received, calls) == (b"", [])
    peer.transport.resume_reading()
    settle(world)
    assert (len(peer.received), calls) == (ROOM, ["writable"])
    assert socket.send(b"b") == 1


def test_a_fin_waits_behind_what_is_not_read(half_open: Ends) -> None:
    world, socket, peer = half_open
    peer.transport.pause_reading()
    socket.send(b"question")
    socket.shutdown()
    settle(world)
    assert peer.seen == []
    peer.transport.resume_reading()
    settle(world)
    assert peer.seen == ["data", "eof"]


def test_a_client_that_does_not_read_holds_up_the_server(ends: Ends) -> None:
    world, socket, peer = ends
    while peer.may_write:
        peer.transport.write(b"x" * 1000)
    settle(world)
    assert not peer.may_write
    while len(read_once := socket.recv(1000) or b"") == 1000 and not peer.may_write:
        settle(world)
    assert read_once, "it may go on before all is read"
    assert peer.may_write


def test_a_server_told_to_go_on_that_has_written_meanwhile(ends: Ends) -> None:
    """The word that it may is on its way; by then it may not."""
    world, socket, peer = ends
    peer.transport.write(b"x" * 100_000)
    assert len(read(socket)) == 100_000
    peer.transport.write(b"x" * 100_000)
    settle(world)
    assert not peer.may_write
    read(socket)
    settle(world)
    assert peer.may_write

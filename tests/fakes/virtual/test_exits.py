"""Nothing that runs in virtual time leaves the process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from brownout.fakes.virtual.errors import NotRouted
from brownout.fakes.virtual.world import World, run

HERE = "127.0.0.1"


def connect(address: tuple[str, int]) -> None:
    with socket.socket() as client:
        client.connect(address)


def connect_ex(address: tuple[str, int]) -> None:
    with socket.socket() as client:
        client.connect_ex(address)


def sendto(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"x", address)


def sendmsg(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendmsg([b"x"], [], 0, address)


WAYS: list[Callable[[tuple[str, int]], object]] = [
    connect,
    connect_ex,
    sendto,
    sendmsg,
    socket.create_connection,
    lambda address: socket.getaddrinfo(*address),
    lambda address: socket.getaddrinfo(host=address[0], port=address[1]),
    lambda address: socket.gethostbyname(address[0]),
    lambda address: socket.gethostbyname_ex(address[0]),
    lambda address: asyncio.run(asyncio.open_connection(*address)),
]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_out_is_shut(way: Callable[[tuple[str, int]], object]) -> None:
    def main() -> None:
        with pytest.raises(NotRouted, match=HERE):
            way((HERE, 9))

    with pytest.raises(NotRouted, match=HERE):
        run(main)


def test_a_client_of_the_standard_library() -> None:
    def main() -> None:
        with pytest.raises(urllib.error.URLError, match="not faked"):
            urllib.request.urlopen("http://example.org/")

    with pytest.raises(NotRouted, match=r"example\.org"):
        run(main)


def test_it_is_told_again_when_the_program_has_swallowed_it() -> None:
    """Programs swallow errors of connections; such a run has shown nothing."""

    def main() -> str:
        for name in ("first.example", "second.example"):
            with contextlib.suppress(OSError):
                socket.create_connection((name, 80))
        return "all is well"

    with pytest.raises(NotRouted, match=r"first\.example"):
        run(main)


def test_an_error_of_the_program_comes_first() -> None:
    def main() -> None:
        with contextlib.suppress(OSError):
            socket.create_connection(("example.org", 80))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(main)


def test_threads_inside_do_not_get_out_either() -> None:
    def main() -> None:
        def leave() -> None:
            with pytest.raises(NotRouted):
                connect((HERE, 9))

        thread = threading.Thread(target=leave)
        thread.start()
        thread.join()

    with pytest.raises(NotRouted):
        run(main)


def test_other_threads_are_not_affected() -> None:
    """A server on a real port and its client, in a thread that was there before."""
    entered, results = threading.Event(), list[bytes]()

    def talk() -> None:
        entered.wait()
        with (
            socket.create_server((HERE, 0)) as server,
            socket.create_connection(server.getsockname()) as client,
            server.accept()[0] as accepted,
        ):
            accepted.sendall(b"real")
            results.append(client.recv(100))

    thread = threading.Thread(target=talk)
    thread.start()
    with World():
        entered.set()
        thread.join()
    assert results == [b"real"]


def test_the_ways_are_open_again_afterwards() -> None:
    run(lambda: None)
    assert "connect" not in vars(socket.socket)
    with socket.create_server((HERE, 0)) as server:
        connect(server.getsockname())

"""Nothing leaves this machine while a test runs on the wire: whoever connects elsewhere is refused, and remembered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

from brownout.fakes.virtual.errors import NotRouted
from brownout.fakes.virtual.exits import shut_exits


@contextmanager
def only_loopback() -> Iterator[list[NotRouted]]:
    """While this lasts, whoever wants to go further is refused; yields the attempts, which a program may swallow."""
    refused: list[NotRouted] = []

    def refuse(where: str) -> NotRouted:
        error = NotRouted(f"a test may reach nothing but this machine, and {where} is somewhere else")
        refused.append(error)
        return error

    with shut_exits(_is_elsewhere, refuse):
        yield refused


def _is_elsewhere(address: object) -> bool:
    """Of what sockets take as an address, or of a name that is looked up."""
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if not isinstance(host, str):
        return False  # None: this machine
    if not isinstance(address, tuple) and "/" in host:
        return False  # the path of a Unix socket
    try:
        return not ip_address(host.partition("%")[0]).is_loopback and host not in ("0.0.0.0", "::")
    except ValueError:
        return host.lower() not in ("", "localhost", "localhost.localdomain", "ip6-localhost")

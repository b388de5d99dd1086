"""The ways out of the process, shut: to all that is real in virtual time, to what is not of this machine in tests."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from .errors import NotRouted
from .patches import replaced

_METHODS: dict[str, Callable[..., object]] = {
    "connect": lambda _, address: address,
    "connect_ex": lambda _, address: address,
    "sendto": lambda _, data, *rest: rest[-1] if rest else None,
    "sendmsg": lambda _, buffers, ancillary=(), flags=0, address=None: address,
}
_FUNCTIONS: dict[str, Callable[..., object]] = {
    "getaddrinfo": lambda host, *_, **__: host,
    "gethostbyname": lambda host: host,
    "gethostbyname_ex": lambda host: host,
}
"""Each with what tells from its arguments where it leads; None where that is nowhere."""


@contextmanager
def shut_exits(is_shut: Callable[[object], bool], refuse: Callable[[str], NotRouted]) -> Iterator[None]:
    """While this lasts, `refuse` makes the error for whoever wants to connect, or to look up, where `is_shut` says that
    nobody may: asked with what the system is, an address or a name."""

    def shut(real: Any, where: Callable[..., object]) -> Any:
        def instead(*args: Any, **kwargs: Any) -> Any:
            if (to := where(*args, **kwargs)) is None or not is_shut(to):
                return real(*args, **kwargs)
            raise refuse(_named(to))

        return instead

    base = socket.socket.__mro__[1]
    methods = {name: shut(getattr(base, name), where) for name, where in _METHODS.items()}
    functions = {name: shut(getattr(socket, name), where) for name, where in _FUNCTIONS.items()}
    with ExitStack() as stack:
        stack.enter_context(added(socket.socket, **methods))
        stack.enter_context(replaced(socket, **functions))
        yield


@contextmanager
def added(owner: Any, **values: Any) -> Iterator[None]:
    """While this lasts, a class has these attributes, which it inherits otherwise."""
    for name, value in values.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name in values:
            delattr(owner, name)


def _named(address: object) -> str:
    if isinstance(address, tuple) and len(address) >= 2:
        return f"{address[0]}:{address[1]}"
    return address.decode(errors="replace") if isinstance(address, bytes) else str(address)

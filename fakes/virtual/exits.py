"""The ways out of the process, shut: nothing that runs in virtual time reaches a real socket."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from .errors import NotRouted
from .hub import Hub
from .patches import replaced

_METHODS = ("connect", "connect_ex", "sendto")
_FUNCTIONS = ("getaddrinfo", "gethostbyname")


@contextmanager
def shut_exits(hub: Hub, refuse: Callable[[str], NotRouted]) -> Iterator[None]:
    """While this lasts, `refuse` makes the error for whoever tries to reach something real from this thread."""

    def shut(real: Any, where: Callable[..., object]) -> Any:
        def instead(*args: Any, **kwargs: Any) -> Any:
            if not hub.is_here():
                return real(*args, **kwargs)
            raise refuse(_named(where(*args)))

        return instead

    base = socket.socket.__mro__[1]
    methods = {name: shut(getattr(base, name), lambda _, *args: args[-1] if args else "somewhere") for name in _METHODS}
    functions = {name: shut(getattr(socket, name), lambda *args: args[0]) for name in _FUNCTIONS}
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

"""No certificates: nothing speaks TLS in virtual time, and to load them takes 25 ms of real time for each client."""

from __future__ import annotations

import importlib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from brownout.fakes.virtual.patches import replaced

from ..virtual.backends import LIBRARIES


@contextmanager
def no_certificates() -> Iterator[None]:
    """While this lasts, contexts that HTTP libraries make by default load none."""

    def context(*_: Any, **__: Any) -> ssl.SSLContext:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    with ExitStack() as stack:
        stack.enter_context(replaced(ssl, create_default_context=context))
        for name in LIBRARIES:
            library = importlib.import_module(name)
            if hasattr(library, "default_ssl_context"):
                stack.enter_context(replaced(library, default_ssl_context=context))
        yield

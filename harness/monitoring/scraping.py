"""Where a monitor is scraped: `GET /metrics` for Prometheus, `GET /` for the figures as JSON. A thread of its own, on
this machine alone unless somebody says otherwise."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from typing import Any
from urllib.parse import urlsplit

from ..serving.guard import is_loopback
from .exposition import MEDIA_TYPE

PATIENCE = 10.0
"""Seconds that a client may take for its request, and to read the answer."""
_POLL = 0.1
"""Seconds that closing may take."""

Pages = dict[str, tuple[str, Callable[[], str]]]
"""Path -> media type, and what makes the text."""


class Scraping:
    """Listens as soon as it is made. Raises `ValueError` for an address, `OSError` for one that cannot be had."""

    def __init__(
        self, address: str, allow_remote: bool, metrics: Callable[[], str], figures: Callable[[], Any]
    ) -> None:
        host, port = parsed(address)
        is_local = is_loopback(bracketed(host))
        if not is_local and not allow_remote:
            raise ValueError(
                f"{address} can be reached by other machines: expected a loopback address, or allow_remote"
            )
        pages = {
            "/metrics": (MEDIA_TYPE, metrics),
            "/": ("application/json", lambda: json.dumps(figures(), allow_nan=False)),
        }
        self._server = _Server((host, port), pages, is_local)
        work = partial(self._server.serve_forever, _POLL)
        self._thread = threading.Thread(target=work, name="brownout monitor", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens: with the port that was found where 0 was asked for."""
        host, port = self._server.server_address[:2]
        return f"{bracketed(str(host))}:{port}"

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def parsed(address: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:9464`, `[::1]:9464` or `localhost:9464`. Raises `ValueError`."""
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None or parts.netloc != address or parts.username is not None:
        raise ValueError(f"expected an address such as 127.0.0.1:9464, got {address!r}")
    return host, port


def bracketed(host: str) -> str:
    """As it stands before a port."""
    return f"[{host}]" if ":" in host else host


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, at: tuple[str, int], pages: Pages, is_local: bool) -> None:
        self.address_family = AF_INET6 if ":" in at[0] else AF_INET
        self.pages = pages
        self.is_local = is_local
        super().__init__(at, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever went away has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE
    server_version, sys_version = "brownout", ""

    def do_GET(self) -> None:
        if self.server.is_local and not is_loopback(self.headers.get("host", "")):
            # A page whose own name leads to this machine, by DNS rebinding, sends that name.
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", "the Host header has to be a loopback address\n")
            return
        found = self.server.pages.get(self.path.partition("?")[0])
        if found is None:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", "there are /metrics and /\n")
        else:
            self._answer(HTTPStatus.OK, found[0], found[1]())

    def _refuse(self) -> None:
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", "GET is all there is\n", {"Allow": "GET"})

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _refuse

    def _answer(self, status: HTTPStatus, kind: str, text: str, more: dict[str, str] | None = None) -> None:
        body = text.encode("utf-8", "replace")  # a model may be called anything
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), "X-Content-Type-Options": "nosniff"}
        for name, value in (headers | (more or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *values: Any) -> None:
        """Who scrapes every few seconds is no news."""

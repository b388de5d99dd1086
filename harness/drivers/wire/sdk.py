"""The official SDK as the driver sets it up: its defaults, on our clock, with its jitter from the labelled stream."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from random import random  # noqa: TID251 - for whoever calls the SDK meanwhile and is not ours
from typing import Any

import anthropic

from ...policies.effects import Timeouts
from .library import http, sdk_internals
from .transport import CURRENT, LabelledTransport

_KEEPALIVE_EXPIRY = 5.0
"""Seconds for which the HTTP library keeps an idle connection."""


def make(base_url: str, max_retries: int, timeouts: Timeouts, scale: float) -> anthropic.AsyncAnthropic:
    """A client of the SDK. `scale`: scenario seconds in a second of the wall clock."""
    scaled = _scaled(timeouts, scale)
    defaults = sdk_internals.DEFAULT_CONNECTION_LIMITS
    limits = http.Limits(
        max_connections=defaults.max_connections,
        max_keepalive_connections=defaults.max_keepalive_connections,
        keepalive_expiry=_KEEPALIVE_EXPIRY / scale,
    )
    # Nothing here speaks TLS; an empty context saves the 35 ms in which each client would load its certificates.
    inner = http.AsyncHTTPTransport(limits=limits, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    return anthropic.AsyncAnthropic(
        api_key="brownout",
        base_url=base_url,
        max_retries=max_retries,
        timeout=scaled,
        http_client=http.AsyncClient(transport=LabelledTransport(inner), timeout=scaled, follow_redirects=True),
    )


def variant(
    client: anthropic.AsyncAnthropic, max_retries: int, timeouts: Timeouts, scale: float
) -> anthropic.AsyncAnthropic:
    """The same client, its connections too, with other limits: for one kind of its calls."""
    return client.with_options(max_retries=max_retries, timeout=_scaled(timeouts, scale))


def _scaled(timeouts: Timeouts, scale: float) -> Any:
    return http.Timeout(**{name: None if t is None else t / scale for name, t in timeouts._asdict().items()})


def _labelled_random() -> float:
    watch = CURRENT.get()
    return random() if watch is None else watch.call.jitter()


@contextmanager
def on_our_clock(scale: float) -> Iterator[None]:
    """While this lasts, the SDK's back-off runs `scale` times as fast and its jitter is drawn by label.

    The SDK binds `random` and the two delays as globals of one module; they are restored afterwards.
    """
    patched: dict[str, Any] = {
        "random": _labelled_random,
        "INITIAL_RETRY_DELAY": sdk_internals.INITIAL_RETRY_DELAY / scale,
        "MAX_RETRY_DELAY": sdk_internals.MAX_RETRY_DELAY / scale,
    }
    before = {name: getattr(sdk_internals, name) for name in patched}
    vars(sdk_internals).update(patched)
    try:
        yield
    finally:
        vars(sdk_internals).update(before)

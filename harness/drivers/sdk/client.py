"""The official SDK as the driver sets it up: its defaults, on our clock, with its jitter from the labelled stream."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from random import random  # noqa: TID251 - for whoever calls the SDK meanwhile and is not ours
from typing import Any, Generic, TypeVar

import anthropic

from ...client import Client
from ...policies.effects import Timeouts
from ..current import CURRENT
from .library import http, sdk_internals
from .transport import LabelledAsyncTransport, LabelledTransport

Sdk = TypeVar("Sdk", anthropic.AsyncAnthropic, anthropic.Anthropic)

_KEEPALIVE_EXPIRY = 5.0
"""Seconds for which the HTTP library keeps an idle connection."""


def make(
    base_url: str, max_retries: int, timeouts: Timeouts, scale: float, trusting: ssl.SSLContext | None = None
) -> anthropic.AsyncAnthropic:
    """A client of the SDK. `scale`: scenario seconds in a second of the clock; `trusting`: its context, if it is to
    speak TLS in earnest."""
    inner = http.AsyncHTTPTransport(limits=_limits(scale), verify=trusting or _no_tls())
    transport = LabelledAsyncTransport(inner)
    scaled = _scaled(timeouts, scale)
    return anthropic.AsyncAnthropic(
        api_key="brownout",
        base_url=base_url,
        max_retries=max_retries,
        timeout=scaled,
        http_client=http.AsyncClient(transport=transport, timeout=scaled, follow_redirects=True),
    )


def make_blocking(base_url: str, max_retries: int, timeouts: Timeouts, scale: float) -> anthropic.Anthropic:
    """The same, blocking."""
    transport = LabelledTransport(http.HTTPTransport(limits=_limits(scale), verify=_no_tls()))
    scaled = _scaled(timeouts, scale)
    return anthropic.Anthropic(
        api_key="brownout",
        base_url=base_url,
        max_retries=max_retries,
        timeout=scaled,
        http_client=http.Client(transport=transport, timeout=scaled, follow_redirects=True),
    )


def _limits(scale: float) -> Any:
    defaults = sdk_internals.DEFAULT_CONNECTION_LIMITS
    return http.Limits(
        max_connections=defaults.max_connections,
        max_keepalive_connections=defaults.max_keepalive_connections,
        keepalive_expiry=_KEEPALIVE_EXPIRY / scale,
    )


def _no_tls() -> ssl.SSLContext:
    """Nothing is checked; an empty context saves the 35 ms in which each client would load its certificates."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Clients(Generic[Sdk]):
    """The SDK clients of one run: one for each client number, and of that one a variant for each profile of calls
    with settings of its own; they share its connections."""

    def __init__(
        self,
        make: Callable[[str, int, Timeouts, float], Sdk],
        config_of: Callable[[int], Client],
        url: str,
        scale: float,
    ) -> None:
        self._make: Callable[[str, int, Timeouts, float], Sdk] = make
        self._config_of = config_of
        self._url = url
        self._scale = scale
        self._made: dict[int, Sdk] = {}
        self._variants: dict[tuple[int, str], Sdk] = {}

    def of(self, number: int, profile: str = "") -> Sdk:
        """The client of that number, set as for calls of that profile."""
        config = self._config_of(number)
        if number not in self._made:
            timeouts = config.timeouts.timeouts()
            self._made[number] = self._make(self._url, config.sdk.max_retries, timeouts, self._scale)
        if profile not in dict(config.profiles.given()):
            return self._made[number]
        which = number, profile
        if which not in self._variants:
            retries, limits = config.sdk_of(profile).max_retries, config.timeouts_of(profile)
            self._variants[which] = variant(self._made[number], retries, limits, self._scale)
        return self._variants[which]

    def made(self) -> Iterable[Sdk]:
        """All of them, to be closed."""
        return self._made.values()


def variant(client: Sdk, max_retries: int, timeouts: Timeouts, scale: float) -> Sdk:
    """The same client, its connections too, with other limits: for one kind of its calls."""
    return client.with_options(max_retries=max_retries, timeout=_scaled(timeouts, scale))


def _scaled(timeouts: Timeouts, scale: float) -> Any:
    return http.Timeout(**{name: None if t is None else t / scale for name, t in timeouts._asdict().items()})


@contextmanager
def on_our_clock(scale: float, stray: Callable[[], float] = random) -> Iterator[None]:
    """While this lasts, the SDK's back-off runs `scale` times as fast and its jitter is drawn by label; by `stray` for
    calls that are not ours.

    The SDK binds `random` and the two delays as globals of one module; they are restored afterwards.
    """

    def labelled_random() -> float:
        watch = CURRENT.get()
        return stray() if watch is None else watch.call.jitter()

    patched: dict[str, Any] = {
        "random": labelled_random,
        "INITIAL_RETRY_DELAY": sdk_internals.INITIAL_RETRY_DELAY / scale,
        "MAX_RETRY_DELAY": sdk_internals.MAX_RETRY_DELAY / scale,
    }
    before = {name: getattr(sdk_internals, name) for name in patched}
    vars(sdk_internals).update(patched)
    try:
        yield
    finally:
        vars(sdk_internals).update(before)

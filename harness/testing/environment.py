"""What leads a program to the fake although nobody has told it anything: the variables that the SDK reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from .keyless import PLACEHOLDER, keys_for_all

BASE_URL = "ANTHROPIC_BASE_URL"
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@contextmanager
def environment(base_url: str = "") -> Iterator[None]:
    """While this lasts, there is some API key, for clients made before, too; no proxy; and, if given, this base URL."""
    before = dict(os.environ)
    for name in before:
        if name.lower() in _PROXIES:
            del os.environ[name]
    if not any(os.environ.get(name) for name in _KEYS):
        os.environ[_KEYS[0]] = PLACEHOLDER
    if base_url:
        os.environ[BASE_URL] = base_url
    try:
        with keys_for_all():
            yield
    finally:
        for name in (*_KEYS, BASE_URL, *(each for each in before if each.lower() in _PROXIES)):
            if name in before:
                os.environ[name] = before[name]
            else:
                os.environ.pop(name, None)


def hosts(given: tuple[str, ...]) -> tuple[str, ...]:
    """Those, and the one that the environment sends the SDK to."""
    named = urlsplit(os.environ.get(BASE_URL, "")).hostname
    return tuple(dict.fromkeys([*given, *([named] if named else [])]))

"""What a program's own SDK client is set to: timeouts and retries, and nothing else of it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from .importing import NotFound, found, told
from .policies.effects import Timeouts


@dataclass(frozen=True, slots=True)
class Settings:
    """Of a client of the SDK. Timeouts in seconds, None for no limit."""

    kind: str
    """The name of its class."""
    timeouts: Timeouts
    max_retries: int


def settings(origin: str) -> Settings:
    """Those of the client that `module:name` or `path/to/file.py:name` names. Imports the module. Raises `NotFound`.

    The name may lead on by dots, and may be of a function without arguments that returns the client.
    """
    return _read(found(origin), origin)


def _read(named: Any, origin: str) -> Settings:
    import anthropic

    kinds = (anthropic.Anthropic, anthropic.AsyncAnthropic)
    if not isinstance(named, kinds) and callable(named):
        try:
            named = named()
        except (Exception, SystemExit) as error:
            raise NotFound(f"calling {origin} raised {told(error)}") from None
    if inspect.iscoroutine(named):
        named.close()
    if not isinstance(named, kinds):
        kind = type(named).__name__
        raise NotFound(
            f"{origin} is of type {kind}: expected an anthropic.Anthropic or AsyncAnthropic, or a function without "
            "arguments that returns one"
        )
    return Settings(type(named).__name__, _timeouts(named.timeout), named.max_retries)


def _timeouts(timeout: Any) -> Timeouts:
    """One number is each limit; the HTTP library's object has four."""
    if timeout is None or isinstance(timeout, int | float):
        return Timeouts(timeout, timeout, timeout, timeout)
    return Timeouts(timeout.connect, timeout.read, timeout.write, timeout.pool)

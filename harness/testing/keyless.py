"""SDK clients without a key, as a program makes them when it is imported on a machine that has none: they get one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import anthropic

from brownout.fakes.virtual.patches import replaced

PLACEHOLDER = "none"


@contextmanager
def keys_for_all() -> Iterator[None]:
    """While this lasts, a client that has neither key nor token sends a placeholder instead of raising `TypeError`."""
    with ExitStack() as stack:
        for client in (anthropic.Anthropic, anthropic.AsyncAnthropic):
            stack.enter_context(replaced(client, auth_headers=_lenient(vars(client)["auth_headers"])))
        yield


def _lenient(real: Any) -> Any:
    def auth_headers(client: Any) -> dict[str, str]:
        found: dict[str, str] = real.fget(client)
        has_other = getattr(client, "_token_cache", None) is not None
        return found if found or has_other else {"X-Api-Key": PLACEHOLDER}

    return property(auth_headers)

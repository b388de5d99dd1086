"""Which path is whose: all that the service answers beside `POST /v1/messages`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import unquote

from ..plan import Error
from . import tokens
from .batches import Batches
from .models import Models
from .plain import Asked, Plain, Rejected

Handler: TypeAlias = Callable[..., Plain]
"""Takes what was asked, and what stands in the path where its pattern has braces."""
MESSAGES = "/v1/messages"


def is_message(method: str, path: str) -> bool:
    """Whether this is for the brain, and none of this module's business."""
    return path == MESSAGES and method == "POST"


class Surface:
    """Answers, or raises `Rejected`. The query counts only where a list is asked for; `?beta=true` changes nothing."""

    def __init__(self, batches: Batches, models: Models | None = None) -> None:
        models = models or Models()
        self._routes: dict[str, dict[str, Handler]] = {
            MESSAGES: {"POST": _for_the_brain},
            "/v1/messages/count_tokens": {"POST": tokens.count},
            "/v1/messages/batches": {"GET": batches.page, "POST": batches.create},
            "/v1/messages/batches/{}": {"DELETE": batches.delete, "GET": batches.one},
            "/v1/messages/batches/{}/cancel": {"POST": batches.cancel},
            "/v1/messages/batches/{}/results": {"GET": batches.results},
            "/v1/models": {"GET": models.page},
            "/v1/models/{}": {"GET": models.one},
        }

    def answer(self, asked: Asked) -> Plain:
        """What is said to a request, at once."""
        handler, names = self._find(asked.method, asked.path)
        return handler(asked, *names)

    def check(self, method: str, path: str) -> None:
        """Raise `Rejected` if there is no such path or method, messages among them: nothing else need be known yet."""
        self._find(method, path)

    def _find(self, method: str, path: str) -> tuple[Handler, list[str]]:
        for pattern, handlers in self._routes.items():
            if (names := _names(pattern, path)) is None:
                continue
            if method in handlers:
                return handlers[method], names
            error = Error("invalid_request_error", "Method Not Allowed")
            raise Rejected(405, error, {"allow": ", ".join(handlers)})
        raise Rejected(404, Error("not_found_error", f"Not found: {path}"))


def _names(pattern: str, path: str) -> list[str] | None:
    """What stands where the pattern has braces, or None if the path is not of that pattern."""
    expected, parts = pattern.split("/"), path.split("/")
    if len(expected) != len(parts):
        return None
    pairs = [*zip(expected, parts, strict=True)]
    if any(part != want and (want != "{}" or not part) for want, part in pairs):
        return None
    return [unquote(part) for want, part in pairs if want == "{}"]


def _for_the_brain(asked: Asked) -> Plain:
    raise ValueError(f"{asked.method} {asked.path} is not answered here")

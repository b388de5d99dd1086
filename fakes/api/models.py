"""`GET /v1/models` and `GET /v1/models/{id}`: the lineup of autumn 2026, as the service's own pages describe it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..plan import Error
from . import pages
from .plain import Asked, Plain, Rejected

_EFFORTS = ("low", "medium", "high", "xhigh", "max")
_THINKING = ("adaptive", "between_tools", "disabled", "enabled")
_ALWAYS = ("batch", "citations", "code_execution", "image_input", "pdf_input", "structured_outputs")
_OF_CONTEXT = ("clear_thinking_20251015", "clear_tool_uses_20250919", "compact_20260112")


class Model(NamedTuple):
    """One of the lineup."""

    id: str
    display_name: str
    released: str
    thinking: tuple[str, ...] = ("adaptive", "disabled")
    """The types that it takes."""
    efforts: tuple[str, ...] = _EFFORTS
    context: int = 1_000_000
    output: int = 128_000


LINEUP = (
    Model("claude-haiku-5-5", "Claude Haiku 5.5", "2026-10-07"),
    Model("claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-09-28", ("adaptive", "between_tools")),
    Model("claude-opus-5-5", "Claude Opus 5.5", "2026-09-22", ("adaptive",)),
    Model("claude-fable-5-1", "Claude Fable 5.1", "2026-09-01", ("adaptive",)),
    Model("claude-opus-5", "Claude Opus 5", "2026-07-24"),
    Model("claude-sonnet-5", "Claude Sonnet 5", "2026-06-30"),
    Model("claude-fable-5", "Claude Fable 5", "2026-06-09", ("adaptive",)),
    Model(
        "claude-sonnet-4-6",
        "Claude Sonnet 4.6",
        "2026-02-17",
        ("adaptive", "disabled", "enabled"),
        ("low", "medium", "high", "max"),
    ),
    Model("claude-haiku-4-5-20251001", "Claude Haiku 4.5", "2025-10-15", ("disabled", "enabled"), (), 200_000, 64_000),
)
"""The latest first, as the service lists them. All are active: legacy ones are, too."""
ALIASES = {"claude-haiku-4-5": "claude-haiku-4-5-20251001"}
"""Later models have no date in their ids, and need none."""


class Models:
    """The answers to requests for models."""

    def __init__(self, lineup: Sequence[Model] = LINEUP, aliases: Mapping[str, str] = ALIASES) -> None:
        self._bodies = [body_of(model) for model in lineup]
        self._places = {model.id: place for place, model in enumerate(lineup)}
        self._places |= {alias: self._places[name] for alias, name in aliases.items() if name in self._places}

    def page(self, asked: Asked) -> Plain:
        """A page of them. Raises `Rejected`."""
        which, has_more = pages.cut(range(len(self._bodies)), self._places.get, asked.query)
        return Plain(pages.page([self._bodies[k] for k in which], has_more))

    def one(self, asked: Asked, name: str) -> Plain:
        """One of them, by its id or an alias. Raises `Rejected`."""
        if (place := self._places.get(name)) is None:
            raise Rejected(404, Error("not_found_error", f"model: {name}"))
        return Plain(self._bodies[place])


def body_of(model: Model) -> dict[str, Any]:
    """A model as the service tells of it, with every field that an SDK reads."""
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.display_name,
        "created_at": f"{model.released}T00:00:00Z",
        "lifecycle": "active",
        "deprecated_at": None,
        "retires_at": None,
        "line": model.id.split("-")[1],
        "max_input_tokens": model.context,
        "max_tokens": model.output,
        "capabilities": _capabilities(model),
    }


def _capabilities(model: Model) -> dict[str, Any]:
    return {
        **_supported(_ALWAYS, _ALWAYS),
        "context_management": {"supported": True, **_supported(_OF_CONTEXT, _OF_CONTEXT)},
        "effort": {"supported": bool(model.efforts), **_supported(_EFFORTS, model.efforts)},
        "server_tools": {"supported": True, **_supported(tools := ("code_execution", "web_search"), tools)},
        "thinking": {"supported": True, "types": _supported(_THINKING, model.thinking)},
    }


def _supported(names: Sequence[str], those: Sequence[str]) -> dict[str, dict[str, bool]]:
    return {name: {"supported": name in those} for name in names}

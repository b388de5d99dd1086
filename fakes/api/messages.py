"""What `POST /v1/messages` takes, checked field by field as the service does; fields that it does not know are let by,
as newer SDKs have some. Messages name the place: `messages.0.role: Input should be 'user' or 'assistant'`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, NotRequired, TypeVar

from pydantic import ConfigDict, Field, Strict, TypeAdapter, ValidationError, with_config
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict

from ..continuing import NO_PREFILL, takes_prefill
from ..plan import Error
from .plain import Rejected

Of = TypeVar("Of")
_LETS_BY = with_config(ConfigDict(extra="allow"))
Whole = Annotated[int, Strict()]
Truth = Annotated[bool, Strict()]
Share = Annotated[float, Field(ge=0.0, le=1.0), Strict()]
Words = Annotated[str, Strict()]
LEAST_THINKING = 1024
"""Tokens of a budget for thinking."""


@_LETS_BY
class Block(TypedDict):
    """A part of a message: text, image, document, tool use, tool result, thinking, or what comes next year."""

    type: Words
    text: NotRequired[Words]


@_LETS_BY
class Message(TypedDict):
    """One turn."""

    role: Literal["user", "assistant"]
    content: Words | list[Block]


@_LETS_BY
class Tool(TypedDict):
    """One that is offered. The service's own have a type, and no schema."""

    name: Annotated[Words, Field(min_length=1, max_length=128)]


@_LETS_BY
class ToolChoice(TypedDict):
    """Which of them is to be used."""

    type: Literal["auto", "any", "tool", "none"]
    name: NotRequired[Words]


@_LETS_BY
class Thinking(TypedDict):
    """Whether it is to think first, and how long."""

    type: Literal["enabled", "disabled", "adaptive", "between_tools"]
    budget_tokens: NotRequired[Annotated[Whole, Field(ge=LEAST_THINKING)]]


@_LETS_BY
class Prompt(TypedDict):
    """What counting takes: a request that asks for no answer."""

    model: Annotated[Words, Field(min_length=1, max_length=256)]
    messages: Annotated[list[Message], Field(min_length=1, max_length=100_000)]
    system: NotRequired[Words | list[Block]]
    tools: NotRequired[list[Tool]]
    tool_choice: NotRequired[ToolChoice]
    thinking: NotRequired[Thinking]


@_LETS_BY
class Create(Prompt):
    """The body of the request."""

    max_tokens: Annotated[Whole, Field(ge=1)]
    stream: NotRequired[Truth | None]
    temperature: NotRequired[Share]
    top_p: NotRequired[Share]
    top_k: NotRequired[Annotated[Whole, Field(ge=0)]]
    stop_sequences: NotRequired[list[Words]]
    metadata: NotRequired[dict[str, Any]]


_CREATE: TypeAdapter[Create] = TypeAdapter(Create)
_PROMPT: TypeAdapter[Prompt] = TypeAdapter(Prompt)
_READ: Callable[[Any], Create] = _CREATE.validator.validate_json
"""Without what the adapter asks of itself each time, a third of the work."""


def create(body: bytes) -> Create:
    """The request in a body. Raises `Rejected`."""
    try:
        asked = _READ(body)
    except ValidationError as error:
        raise _refused(error) from None
    is_more = "thinking" in asked or "tool_choice" in asked or asked["messages"][-1]["role"] == "assistant"
    return _together(asked) if is_more else asked


def created(body: object) -> Create:
    """The same of a body that is parsed."""
    return _together(_valid(_CREATE.validate_python, body))


def prompt(body: object) -> Prompt:
    """The request to count tokens, of a parsed body. Raises `Rejected`."""
    return _valid(_PROMPT.validate_python, body)


def invalid(message: str) -> Rejected:
    """What the service says of a request that it does not understand."""
    return Rejected(400, Error("invalid_request_error", message))


def _valid(read: Callable[[Any], Of], body: object) -> Of:
    try:
        return read(body)
    except ValidationError as error:
        raise _refused(error) from None


def _together(asked: Create) -> Create:
    """With nothing in it that is only wrong beside something else."""
    if asked["messages"][-1]["role"] == "assistant" and takes_prefill(asked["model"]) is False:
        raise invalid(NO_PREFILL)
    thinking = asked.get("thinking")
    if thinking is not None and thinking["type"] == "enabled":
        if "budget_tokens" not in thinking:
            raise invalid("thinking.enabled.budget_tokens: Field required")
        if thinking["budget_tokens"] >= asked["max_tokens"]:
            raise invalid("`max_tokens` must be greater than `thinking.budget_tokens`")
    choice, tools = asked.get("tool_choice"), asked.get("tools") or []
    if choice is not None and choice["type"] in ("any", "tool") and not tools:
        raise invalid("tool_choice: tools are required to choose one")
    if choice is not None and choice["type"] == "tool":
        if "name" not in choice:
            raise invalid("tool_choice.tool.name: Field required")
        if choice["name"] not in {tool["name"] for tool in tools}:
            raise invalid(f"Tool '{choice['name']}' not found in provided tools")
    return asked


def _refused(error: ValidationError) -> Rejected:
    first = min(error.errors(include_url=False, include_input=False), key=_depth)
    if first["type"] == "json_invalid":
        return invalid("The request body is not valid JSON")
    where = ".".join(str(part) for part in first["loc"] if not _is_of_a_union(part))
    return invalid(f"{where}: {first['msg']}" if where else first["msg"])


def _depth(error: ErrorDetails) -> bool:
    """What is missing is told first."""
    return error["type"] != "missing"


def _is_of_a_union(part: int | str) -> bool:
    """Pydantic names the alternative that was tried; the service does not."""
    return isinstance(part, str) and (part.startswith(("list[", "constrained-")) or part == "str")

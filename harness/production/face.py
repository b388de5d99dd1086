"""The face: an SDK client whose `messages` go through the layers of a client file; in all else it is the SDK's."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

import anthropic

from .. import sources
from ..client import Client
from ..names import PROFILES
from ..policies.breaking import State as Breaker
from .blocking import BlockingFlow
from .network import install, paced
from .records import Hook
from .sending import AsyncSending, Request, Sender, Sending
from .state import State
from .streams import ResilientAsyncStream, ResilientAsyncStreamManager, ResilientStream, ResilientStreamManager
from .tasks import TaskFlow

Profile: TypeAlias = Literal["chat", "background", "realtime", "agentic"]
"""The kind of a call: a client file may treat each in its own way."""


class _Through:
    """Is in all else what it stands for, as which it also passes for `isinstance`."""

    _inner: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @property  # type: ignore[misc]  # it can be set elsewhere, not here
    def __class__(self) -> Any:
        return type(self._inner)

    def __dir__(self) -> list[str]:
        return sorted({*dir(self._inner), *object.__dir__(self)})


class _Face(_Through):
    """What the clients for blocking code and for event loops have in common."""

    def __init__(self, client: Any, state: State, sender: Sender) -> None:
        self._inner = client
        self._state = state
        self._sender = sender

    def for_profile(self, profile: Profile) -> Any:
        """The same client for calls of another kind. Raises `ValueError` for one that there is not."""
        if profile not in PROFILES:
            raise ValueError(f"profile: expected one of {', '.join(PROFILES)}, got {profile!r}")
        return type(self)(self._inner, self._state, self._sender.but(profile=profile))

    def with_deadline(self, seconds: float) -> Any:
        """The same client for calls that are over after so many seconds, whatever they are doing; the file's deadline
        holds besides. Raises `ValueError` where there is no time."""
        if not seconds > 0.0:
            raise ValueError(f"deadline: expected more than 0 seconds, got {seconds!r}")
        return type(self)(self._inner, self._state, self._sender.but(deadline=seconds))

    @property
    def breakers(self) -> tuple[Breaker, ...]:
        """Those that the layers have made so far, for whoever watches or overrules them."""
        return tuple(self._state.breakers)

    def with_options(self, **options: Any) -> Any:
        """As the SDK's, with the state that all calls share. `timeout` and `max_retries` go before the file's."""
        client = self._inner.with_options(**options)
        changes: dict[str, Any] = {"client": client}
        if options.get("max_retries") is not None and not isinstance(options["max_retries"], anthropic.NotGiven):
            changes["retries"] = options["max_retries"]
        if "timeout" in options:
            changes["timeout"] = options["timeout"]
        return type(self)(client, self._state, self._sender.but(**changes))

    copy = with_options

    def __repr__(self) -> str:
        return f"<resilient {type(self._inner).__name__}: {self._state.config.name}>"


class _Blocking(_Face):
    @property
    def messages(self) -> Any:
        """The SDK's, through the layers."""
        return _BlockingMessages(self)

    def __enter__(self) -> Any:
        self._inner.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._inner.__exit__(*error)


class _Async(_Face):
    @property
    def messages(self) -> Any:
        """The SDK's, through the layers."""
        return _AsyncMessages(self)

    async def __aenter__(self) -> Any:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._inner.__aexit__(*error)


class _Messages(_Through):
    def __init__(self, face: _Face) -> None:
        self._face = face

    @property
    def _inner(self) -> Any:
        return self._face._inner.messages


class _BlockingMessages(_Messages):
    def create(self, **given: Any) -> Any:
        flow = self._flow("create", given)
        if not flow.request.is_stream:
            return flow.answer()
        flow.open()
        return ResilientStream(flow)

    def stream(self, **given: Any) -> Any:
        output_format = given.get("output_format", anthropic.NOT_GIVEN)
        return ResilientStreamManager(lambda: self._flow("stream", given), output_format)

    def _flow(self, method: str, given: dict[str, Any]) -> BlockingFlow:
        return BlockingFlow(self._face._state, self._face._sender, Request.of(method, given))


class _AsyncMessages(_Messages):
    async def create(self, **given: Any) -> Any:
        flow = self._flow("create", given)
        if not flow.request.is_stream:
            return await flow.answer()
        await flow.open()
        return ResilientAsyncStream(flow)

    def stream(self, **given: Any) -> Any:
        output_format = given.get("output_format", anthropic.NOT_GIVEN)
        return ResilientAsyncStreamManager(lambda: self._flow("stream", given), output_format)

    def _flow(self, method: str, given: dict[str, Any]) -> TaskFlow:
        return TaskFlow(self._face._state, self._face._sender, Request.of(method, given))


if TYPE_CHECKING:

    class ResilientAnthropic(anthropic.Anthropic):
        """What `resilient` makes of an `Anthropic`."""

        @property
        def breakers(self) -> tuple[Breaker, ...]: ...

        def for_profile(self, profile: Profile) -> ResilientAnthropic: ...

        def with_deadline(self, seconds: float) -> ResilientAnthropic: ...

    class ResilientAsyncAnthropic(anthropic.AsyncAnthropic):
        """What `resilient` makes of an `AsyncAnthropic`."""

        @property
        def breakers(self) -> tuple[Breaker, ...]: ...

        def for_profile(self, profile: Profile) -> ResilientAsyncAnthropic: ...

        def with_deadline(self, seconds: float) -> ResilientAsyncAnthropic: ...


@overload
def resilient(
    client: anthropic.Anthropic, config: str | PathLike[str] | Client, *, hooks: Sequence[Hook] = ()
) -> ResilientAnthropic: ...


@overload
def resilient(
    client: anthropic.AsyncAnthropic, config: str | PathLike[str] | Client, *, hooks: Sequence[Hook] = ()
) -> ResilientAsyncAnthropic: ...


def resilient(client: Any, config: str | PathLike[str] | Client, *, hooks: Sequence[Hook] = ()) -> Any:
    """The client, with `messages.create` and `messages.stream` going through the layers of a client file."""
    if issubclass(type(client), _Face):
        raise TypeError("the client is resilient already: one configuration goes around one client")
    found = config if isinstance(config, Client) else sources.client(fspath(config)).value
    state = State(found, hooks)
    if isinstance(client, anthropic.Anthropic):
        install(client._client)
        return _Blocking(client, state, Sender(client, state, "chat", _prepared))
    if isinstance(client, anthropic.AsyncAnthropic):
        return _Async(client, state, Sender(client, state, "chat", _prepared_async))
    raise TypeError(f"expected an anthropic.Anthropic or anthropic.AsyncAnthropic, got {type(client).__name__}")


def _prepared(variant: Any) -> Any:
    """A variant that was just made of the client, with an eye on what it sends and a hand on how it waits."""
    variant._client = Sending(variant._client)
    variant._calculate_retry_timeout = paced(variant._calculate_retry_timeout)
    return variant


def _prepared_async(variant: Any) -> Any:
    variant._client = AsyncSending(variant._client)
    return variant

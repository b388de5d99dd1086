"""Sends what the layers attempt: through the application's own SDK client, set as the client file says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol

import anthropic
from pydantic import TypeAdapter

from brownout.fakes.draws import Identity

from ..drivers.sdk.classify import of_answer, of_call
from ..drivers.sdk.library import http
from ..drivers.sdk.transport import Watch
from ..policies.call import Call
from ..policies.effects import Attempt, Timeouts
from ..policies.outcome import Outcome
from .errors import error_of
from .state import State


class Unwatched:
    """Stands for a `Watch` where no hook wants records: requests are numbered, no more."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def begin(self) -> tuple[Identity, float]:
        return self._call.next_identity(), 0.0

    def end(self, outcome: Outcome) -> None:
        pass


class Request(NamedTuple):
    """What the application asked the SDK for: the method, and what it was given."""

    method: str
    given: dict[str, Any]
    is_stream: bool

    @classmethod
    def of(cls, method: str, given: Mapping[str, Any]) -> Request:
        """What can be read but once is kept: it may be sent more often."""
        kept = {name: list(value) if hasattr(value, "__next__") else value for name, value in given.items()}
        return cls(method, kept, method == "stream" or bool(kept.get("stream")))

    @property
    def is_structured(self) -> bool:
        """Whether the answer is to be of a form."""
        return bool(self.given.get("output_format") or "format" in (self.given.get("output_config") or {}))

    def to(self, effect: Attempt) -> dict[str, Any]:
        """The same, to whom the layers want it sent, and as much of it as they want."""
        call = effect.call
        target, rest = call.target, call.rest
        given = self.given if target is None or not target.model else self.given | {"model": target.model}
        return given if rest is None else rest.request(given)


def plain(given: dict[str, Any]) -> dict[str, Any]:
    """The same request without streaming."""
    kept = {name: value for name, value in given.items() if name not in ("stream", "output_format")}
    form = given.get("output_format")
    if form is None or isinstance(form, anthropic.NotGiven):
        return kept
    schema = anthropic.transform_schema(TypeAdapter(form).json_schema())
    config = kept.get("output_config") or {}
    return kept | {"output_config": {**config, "format": {"type": "json_schema", "schema": schema}}}


class Exchange(Protocol):
    """An attempt of ours, for the HTTP requests that the SDK makes of it."""

    watch: Watch | Unwatched
    state: State

    def about_to_send(self, request: Any) -> None:
        """Raises where it is wanted no more."""

    def has_failed(self, error: BaseException) -> None:
        """Raises something else where it was a limit of ours."""


CURRENT: ContextVar[Exchange | None] = ContextVar("brownout attempt", default=None)


class Sender:
    """An SDK client and its variants, for one profile. `retries` and `timeout`, where the application has set them by
    `with_options`, go before those of the file; `deadline` is for a call as a whole, besides the file's."""

    def __init__(
        self,
        client: Any,
        state: State,
        profile: str,
        prepared: Callable[[Any], Any],
        retries: int | None = None,
        timeout: Any = anthropic.NOT_GIVEN,
        deadline: float | None = None,
    ) -> None:
        self.client = client
        self.state = state
        self.profile = profile
        self.deadline = deadline
        self._prepared = prepared
        self._retries = state.config.sdk_of(profile).max_retries if retries is None else retries
        self._timeout = timeout
        self._messages: dict[tuple[Timeouts, str], Any] = {}

    def but(self, **changes: Any) -> Sender:
        """The same with something else."""
        same = {
            "client": self.client,
            "profile": self.profile,
            "retries": self._retries,
            "timeout": self._timeout,
            "deadline": self.deadline,
        }
        if "profile" in changes:
            same["retries"] = None
        other = Sender(**(same | changes), state=self.state, prepared=self._prepared)
        if changes.keys() == {"deadline"}:
            other._messages = self._messages  # of which the variants know nothing
        return other

    def messages(self, effect: Attempt) -> Any:
        """The SDK's `messages`, set as this attempt wants it."""
        which = effect.timeouts, effect.call.endpoint
        found = self._messages.get(which)
        if found is None:
            is_ours = isinstance(self._timeout, anthropic.NotGiven)
            options: dict[str, Any] = {
                "max_retries": self._retries,
                "timeout": http.Timeout(**effect.timeouts._asdict()) if is_ours else self._timeout,
            }
            if which[1]:
                options["base_url"] = which[1]
            variant = self._prepared(self.client.with_options(**options))
            found = self._messages[which] = variant.messages
            # The SDK keeps it there, as a cycle: a client that is dropped would wait for the garbage collector to have
            # its connections closed.
            vars(variant).pop("messages", None)
        return found

    def error_of(self, outcome: Outcome, partial: str | None) -> BaseException:
        """What the application gets that made a call which ended so."""
        return error_of(outcome, str(self.client.base_url), partial)


def answered(answer: Any) -> Outcome:
    """What came of a plain call that has returned."""
    return of_answer(answer)._replace(value=answer)


def failed(error: Exception, tokens: int | None = None) -> Outcome:
    """What the SDK has raised, as an outcome that keeps it. Raises it again where it speaks neither for nor against the
    service: for one, what the SDK has against the request."""
    try:
        outcome = of_call(error, 1.0, tokens)
    except anthropic.APIConnectionError:
        # Whatever a transport raises: here there is no harness whose defect it could be.
        outcome = Outcome("connection", "read", raised=f"anthropic.{type(error).__name__}")
    return outcome._replace(value=error)


class Sending:
    """Stands for the HTTP client within a variant, so that each HTTP request is followed and nothing of the
    application's own client is touched."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def send(self, request: Any, **options: Any) -> Any:
        """A request of the SDK's own loop."""
        exchange = CURRENT.get()
        if exchange is None:
            return self._client.send(request, **options)
        exchange.about_to_send(request)
        watch, (who, started) = exchange.watch, begin(exchange)
        try:
            response = self._client.send(request, **options)
        except BaseException as error:
            if isinstance(watch, Watch):
                watch.failed(who, started, False, error)
            exchange.has_failed(error)
            raise
        if isinstance(watch, Watch):
            watch.answered(who, started, _is_fresh(response), response.status_code)
        return response


class AsyncSending(Sending):
    """The same in an event loop."""

    async def send(self, request: Any, **options: Any) -> Any:
        """A request of the SDK's own loop."""
        exchange = CURRENT.get()
        if exchange is None:
            return await self._client.send(request, **options)
        watch, (who, started) = exchange.watch, begin(exchange)
        try:
            response = await self._client.send(request, **options)
        except BaseException as error:
            if isinstance(watch, Watch):
                watch.failed(who, started, False, error)
            raise
        if isinstance(watch, Watch):
            watch.answered(who, started, _is_fresh(response), response.status_code)
        return response


def watch_of(call: Call, state: State) -> Watch | Unwatched:
    """An eye on what is sent for a call."""
    return Watch(call, state.now, state.outbox.put) if state.outbox else Unwatched(call)


def begin(exchange: Exchange) -> Any:
    """Number the request: branches of one call count together."""
    with exchange.state.lock:
        return exchange.watch.begin()


def _is_fresh(response: Any) -> bool:
    """Whether its connection was opened for it: the first response of each marks it."""
    stream = response.extensions.get("network_stream")
    try:
        was_used = stream.__dict__.setdefault("_brownout_was_used", stream)
    except AttributeError:
        return False
    stream.__dict__["_brownout_was_used"] = True
    return was_used is stream

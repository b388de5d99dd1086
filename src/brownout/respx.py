"""respx and the fake service: mocked in process, no sockets and no waiting. Needs `brownout[test]`.

Importing this gives respx a mocker for httpx2, on which the SDK stands since 1.0: `respx.mock(using="httpx2")`.
`mock` answers every request of httpx and httpx2 as the fake does; `routes` adds its answers to a router of your own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from os import PathLike, fspath
from typing import Any

import httpx2

from brownout.harness import sources
from brownout.harness.scenario import Scenario
from brownout.harness.testing.checked import checked
from brownout.harness.testing.in_process.stage import InProcess
from brownout.harness.testing.in_process.translated import asked, told, translated
from brownout.harness.testing.quick import QUICK
from brownout.harness.testing.service import Service

try:
    import respx
    from respx.mocks import Mocker
    from respx.models import PassThrough
except ImportError as error:
    raise ImportError("brownout.respx needs respx: pip install 'brownout[test]'", name="respx") from error

__all__ = ["Httpx2Mocker", "mock", "routes"]

PRODUCTION = "api.anthropic.com"
Named = str | PathLike[str]
"""The name of a scenario that is shipped, or the path of a file."""


class Httpx2Mocker(Mocker):
    """What httpx2 would send over a network goes to the routes; transports that need none are left alone."""

    name = "httpx2"
    targets = ["httpx2.HTTPTransport", "httpx2.AsyncHTTPTransport"]  # noqa: RUF012 - as respx declares it
    target_methods = ["handle_request", "handle_async_request"]  # noqa: RUF012

    @classmethod
    def start(cls) -> None:
        """Raises `RuntimeError` where there is nothing to replace, as requests would get out."""
        super().start()
        if len(cls._patches) < len(cls.targets):
            cls.stop(force=True)
            raise RuntimeError(f"this httpx2 ({httpx2.__version__}) has no transports that can be mocked")

    @classmethod
    def mock(cls, spec: Callable[..., Any]) -> Callable[..., Any]:
        """What stands for a method of a transport. A request that is to pass through goes on as it came."""
        routed: Any = cls

        def handle_request(transport: Any, request: httpx2.Request) -> httpx2.Response:
            request.read()
            try:
                with translated(request):
                    return told(routed.handler(asked(request)), request)
            except PassThrough:
                response: httpx2.Response = spec(transport, request)
                return response

        async def handle_async_request(transport: Any, request: httpx2.Request) -> httpx2.Response:
            await request.aread()
            try:
                with translated(request):
                    return told(await routed.async_handler(asked(request)), request)
            except PassThrough:
                response: httpx2.Response = await spec(transport, request)
                return response

        return handle_async_request if inspect.iscoroutinefunction(spec) else handle_request


def mock(
    scenario: Named | Scenario | None = None, *, seed: int = 1, hosts: Sequence[str] = (PRODUCTION,)
) -> AbstractContextManager[Service]:
    """For a `with` statement: whatever clients of `anthropic`, `httpx` or `httpx2` ask one of the `hosts` is answered
    by the scenario's service, at once. Without a scenario nothing goes wrong until you script it. They can reach
    nothing else: `fakes.virtual.errors.NotRouted`.

    Yields the `harness.testing.service.Service`, as `brownout.virtual` does and with the same complaints in the end.
    Its clock is the real one and what answers would have taken: your program's own waits take their time. Raises
    `ValueError` for arguments, and as `brownout.scenario` does for files.
    """
    return checked(_mocked(_stage(scenario, seed, hosts), seed))


def routes(
    router: respx.Router,
    scenario: Named | Scenario | None = None,
    *,
    seed: int = 1,
    hosts: Sequence[str] = (PRODUCTION,),
) -> Service:
    """Add a route to a router of your own, the `respx_mock` fixture for one: what comes to one of the `hosts`, and
    matched no route before, is answered by the scenario's service, which is returned.

    Your router decides what is intercepted and what becomes of all other requests: the SDK since 1.0 is reached by
    `using="httpx2"` only. What did not come to pass is for you to ask: `service.complaints()`. Raises as `mock` does.
    """
    stage = _stage(scenario, seed, hosts)
    router.route(host__in=stage.hosts).mock(side_effect=stage.answer)
    return Service(stage, seed)


@contextmanager
def _mocked(stage: InProcess, seed: int) -> Iterator[Service]:
    router = respx.mock(assert_all_called=False)
    router.route(host__in=stage.hosts).mock(side_effect=stage.answer)
    router.route().mock(side_effect=stage.refuse)
    try:
        with router, _for_httpx2(router):
            yield Service(stage, seed)
    finally:
        stage.stop()


@contextmanager
def _for_httpx2(router: respx.Router) -> Iterator[None]:
    """While this lasts, a router that has a mocker of its own has this one, too."""
    Httpx2Mocker.register(router)
    Httpx2Mocker.start()
    try:
        yield
    finally:
        Httpx2Mocker.unregister(router)
        Httpx2Mocker.stop()


def _stage(scenario: Named | Scenario | None, seed: int, hosts: Sequence[str]) -> InProcess:
    if isinstance(hosts, str) or not hosts:
        raise ValueError(f"hosts: expected a list of names, got {hosts!r}")
    if type(seed) is not int or seed < 0:
        raise ValueError(f"seed: expected a whole number from 0, got {seed!r}")
    if scenario is None:
        scenario = QUICK
    elif not isinstance(scenario, Scenario):
        scenario = sources.scenario(fspath(scenario)).value
    return InProcess(scenario, seed, hosts)

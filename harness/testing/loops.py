"""Event loops in which other plugins run asynchronous tests and fixtures: which of them cannot be in virtual time."""

from __future__ import annotations

import inspect
import sys
from typing import Any

_OR_WIRE = 'or play it in real time, @pytest.mark.brownout(backend="wire")'
_TRIO = (
    "brownout: this test runs on trio, which cannot be in virtual time. Run it on asyncio (with anyio, a fixture "
    f'anyio_backend that returns "asyncio"), {_OR_WIRE}'
)
_SHARED = (
    "brownout: {who} would run in an event loop that other tests use too (scope {scope!r}), and each test has a "
    "virtual time of its own. Give it its own loop, {how}, " + _OR_WIRE
)
_OF_TEST = '@pytest.mark.asyncio(loop_scope="function") or, for all, asyncio_default_test_loop_scope = "function"'
_OF_FIXTURE = (
    '@pytest_asyncio.fixture(loop_scope="function") or, for all, asyncio_default_fixture_loop_scope = "function"'
)
_OF_ANYIO = "which anyio does once no asynchronous fixture has a wider scope than a function's"


def against(item: Any, request: Any) -> str | None:
    """Why a test cannot be in virtual time; None if it can."""
    if _is_on_trio(item, request):
        return _TRIO
    if not inspect.iscoroutinefunction(getattr(item, "obj", None)):
        return None
    if (scope := _scope_of_test(item)) != "function":
        return _SHARED.format(who="this test", scope=scope, how=_OF_TEST)
    if item.get_closest_marker("anyio") and _anyio_has_a_loop():
        return _SHARED.format(who="this test", scope="of a fixture", how=_OF_ANYIO)
    return None


def against_fixture(fixturedef: Any, config: Any) -> str | None:
    """The same for a fixture that is made for such a test."""
    scope = _scope_of_fixture(fixturedef, config)
    if scope == "function":
        return None
    return _SHARED.format(who=f"the fixture {fixturedef.argname!r}", scope=scope, how=_OF_FIXTURE)


def _is_on_trio(item: Any, request: Any) -> bool:
    """By anyio or by pytest-trio. trio gives its threads names by what is no number of a real thread in here."""
    if item.get_closest_marker("trio"):
        return True
    if "anyio_backend" not in request.fixturenames:
        return False
    backend = request.getfixturevalue("anyio_backend")
    return bool((backend if isinstance(backend, str) else backend[0]) == "trio")


def _scope_of_test(item: Any) -> str:
    """Of the event loop that pytest-asyncio runs it in."""
    marker = item.get_closest_marker("asyncio")
    if marker is None or not item.config.pluginmanager.hasplugin("asyncio"):
        return "function"
    named = marker.kwargs.get("loop_scope") or marker.kwargs.get("scope")
    return str(named or _setting(item.config, "asyncio_default_test_loop_scope"))


def _scope_of_fixture(fixturedef: Any, config: Any) -> str:
    """Of the event loop that pytest-asyncio makes it in; what is none of its fixtures needs none."""
    if fixturedef.scope != "function" or not hasattr(fixturedef.func, "_loop_scope"):
        return "function"
    return str(fixturedef.func._loop_scope or _setting(config, "asyncio_default_fixture_loop_scope"))


def _setting(config: Any, name: str) -> str:
    """Of the ini file, if the plugin has it; it says in two ways that a loop lives as long as what runs in it."""
    try:
        found = config.getini(name)
    except (KeyError, ValueError):
        return "function"
    return "function" if found in (None, "", "fixture-scope") else str(found)


def _anyio_has_a_loop() -> bool:
    """Whether anyio has one already, for a fixture that lives longer than a test; it says so nowhere else."""
    return getattr(sys.modules.get("anyio.pytest_plugin"), "_current_runner", None) is not None

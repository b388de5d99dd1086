"""The pytest plugin: a fixture, a marker and two options, all called `brownout`.

pytest imports this at every start, whether a test wants it or not: what it needs is imported when a test does.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from brownout.harness.testing.plugin import Settings
    from brownout.harness.testing.service import Service
    from brownout.harness.testing.wire import WireHost

_SERVICE: pytest.StashKey[Service] = pytest.StashKey()
_WIRE: pytest.StashKey[WireHost] = pytest.StashKey()
_SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
_BASE_URL: pytest.StashKey[str | None] = pytest.StashKey()
"""What was there before the port was."""
_TOLD: pytest.StashKey[str] = pytest.StashKey()
"""What the program did, once the service is gone."""
_BESIDES: pytest.StashKey[list[str]] = pytest.StashKey()
"""What is wrong with a test that failed for a reason of its own."""
MARKER = (
    "brownout(scenario=None, *, backend=None, seed=None, hosts=(), limit=None): the service of this test is that of a "
    "scenario, by its name or file; on which backend, under which seed, for which hosts besides api.anthropic.com, and "
    "after how long the test is ended"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Two options, which go before the marker, and their defaults in the ini file."""
    group = parser.getgroup("brownout", "faults of the Claude API")
    group.addoption(
        "--brownout-backend",
        choices=("virtual", "wire"),
        help="where tests meet the fake: in virtual time (the default), or on real sockets in real time",
    )
    group.addoption("--brownout-seed", type=int, metavar="N", help="of everything that is drawn; 1 if not given")
    parser.addini("brownout_backend", "as --brownout-backend", default="virtual")
    parser.addini("brownout_seed", "as --brownout-seed", default="1")
    parser.addini("brownout_hosts", "hosts that are faked in virtual time besides api.anthropic.com", type="args")
    parser.addini("brownout_limit", "after how long a test is ended; 24h in virtual time, 60s on the wire", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """On the wire a client that is made while tests are collected has to know the port already."""
    wanted = early_config.known_args_namespace.brownout_backend or early_config.getini("brownout_backend")
    if wanted == "wire":
        early_config.stash[_BASE_URL] = os.environ.get("ANTHROPIC_BASE_URL")
        os.environ["ANTHROPIC_BASE_URL"] = _wire_host(early_config).url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the port back, and the environment to whoever runs pytest in a process of their own."""
    if (host := config.stash.get(_WIRE, None)) is not None:
        host.close()
    if _BASE_URL in config.stash:
        if (before := config.stash[_BASE_URL]) is None:
            os.environ.pop("ANTHROPIC_BASE_URL", None)
        else:
            os.environ["ANTHROPIC_BASE_URL"] = before


def _wire_host(config: pytest.Config) -> WireHost:
    """One port for all tests of this process, so that clients made once keep their base URL."""
    if _WIRE not in config.stash:
        from brownout.harness.testing.quick import QUICK
        from brownout.harness.testing.wire import WireHost

        config.stash[_WIRE] = WireHost()
        config.stash[_WIRE].open(QUICK, 1)
    return config.stash[_WIRE]


@pytest.fixture(autouse=True)
def _brownout_first(request: pytest.FixtureRequest) -> None:
    """Virtual time is entered before any other fixture of a test makes a client or an event loop."""
    if request.node.get_closest_marker("brownout"):
        request.getfixturevalue("_brownout_service")  # whatever the project itself calls `brownout`
    if "brownout" in request.fixturenames:
        request.getfixturevalue("brownout")


@pytest.fixture
def brownout(_brownout_service: Service) -> Service:
    """The service that the program under test calls: script what goes wrong, and read what the program did."""
    return _brownout_service


@pytest.fixture
def _brownout_service(request: pytest.FixtureRequest) -> Iterator[Service]:
    from brownout.harness.testing.environment import environment
    from brownout.harness.testing.frames import shorten
    from brownout.harness.testing.virtual import virtual

    item = request.node
    shorten(item)
    settings = item.stash[_SETTINGS] = _settings(request)
    with ExitStack() as stack:
        if settings.backend == "virtual":
            service = stack.enter_context(virtual(settings.scenario, settings.seed, settings.hosts, settings.limit))
        else:
            host = _wire_host(request.config)
            stack.enter_context(environment(host.url))
            service = stack.enter_context(host.serving(settings.scenario, settings.seed, settings.limit))
        item.stash[_SERVICE], item.stash[_BESIDES] = service, []
        service.must_matter(settings.scenario.name)
        yield service
        item.stash[_TOLD] = service.explain()
        del item.stash[_SERVICE]
        if refused := dict.fromkeys(map(str, service.refused)):
            service.refused.clear()
            pytest.fail("\n".join(refused), pytrace=False)


def _settings(request: pytest.FixtureRequest) -> Settings:
    """How the test of this request is to be played. What cannot be is said without a line of ours."""
    from brownout.harness.testing import loops, plugin

    item = request.node
    try:
        settings = plugin.Settings.of(request.config, item.get_closest_marker("brownout"))
    except plugin.MISTAKES as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    if settings.backend == "virtual" and (against := loops.against(item, request)):
        pytest.fail(against, pytrace=False)
    return settings


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """A fixture that another plugin would make in an event loop of real time is refused, as its test would be."""
    service = request.node.stash.get(_SERVICE, None)
    if service is not None and service.backend == "virtual":
        from brownout.harness.testing import loops

        if against := loops.against_fixture(fixturedef, request.config):
            pytest.fail(against, pytrace=False)


@pytest.hookimpl
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an asynchronous test for which no other plugin has an event loop."""
    if _SERVICE not in pyfuncitem.stash or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    import asyncio  # 20 ms, for whoever has no asynchronous test

    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """A test that proves nothing fails; one that fails otherwise has its own reason."""
    __tracebackhide__ = True
    service = item.stash.get(_SERVICE, None)
    if service is None:
        return (yield)
    from brownout.harness.testing import plugin

    try:
        result = yield
        complaints = service.complaints()
    except BaseException as error:
        item.stash[_BESIDES] = plugin.besides(service, error)
        raise
    finally:
        item.user_properties.extend(plugin.properties(service))
        service.refused.clear()  # told, and not to be told again when virtual time ends
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """What the program did, and how to see it again, under the failure."""
    report = yield
    if report.failed and (_SERVICE in item.stash or _TOLD in item.stash):
        told = item.stash[_SERVICE].explain() if _SERVICE in item.stash else item.stash[_TOLD]
        besides = [f"Besides: {complaint}" for complaint in item.stash.get(_BESIDES, ())]
        again = f"Again: {item.stash[_SETTINGS].command(item.nodeid)}"
        report.sections.append(("what the program did (brownout)", "\n".join([told, "", *besides, again])))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line on all tests that had a service. Reports of every phase are looked at: which of them has the figures,
    and under which outcome it is filed, depends on how a test ended."""
    found: dict[str, dict[str, Any]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            figures = {name: value for name, value in getattr(report, "user_properties", ()) if _is_ours(name)}
            if figures:
                found[report.nodeid] = figures
    if found:
        from brownout.harness.testing.plugin import summary

        terminalreporter.section("brownout")
        terminalreporter.line(summary(found.values()))


def _is_ours(name: object) -> bool:
    return isinstance(name, str) and name.startswith("brownout_")

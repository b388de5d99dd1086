"""Asynchronous tests of other plugins: those that can be in virtual time are, and all others say what to change."""

from __future__ import annotations

import pytest

from .projects import HEAD, run, run_here, run_on

pytest_plugins = ["pytester"]

ASYNCIO = """
import pytest_asyncio

@pytest_asyncio.fixture
async def client():
    async with anthropic.AsyncAnthropic() as client:
        yield client

@pytest_asyncio.fixture
async def answered(brownout):
    return await app.ask_async()

@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kept():
    yield anthropic.AsyncAnthropic()

@pytest.mark.asyncio
async def test_marked(brownout):
    brownout.next(overload())
    assert await app.ask_async()
    assert brownout.trace.statuses == [529, 200]

@pytest.mark.asyncio
async def test_client_of_a_fixture(client, brownout):
    brownout.next(overload())
    assert await client.messages.create(**app.ASK)
    assert brownout.trace.statuses == [529, 200]

@pytest.mark.asyncio
async def test_client_of_a_session(kept, brownout):
    assert await kept.messages.create(**app.ASK)

async def test_unmarked(brownout):
    assert await app.ask_async()

def test_blocking(answered, brownout):
    assert answered and brownout.trace.attempts == 1

@pytest.mark.brownout(seed=2)
class TestClass:
    @pytest.mark.asyncio
    @pytest.mark.parametrize("tokens", [3, 5])
    async def test_it(self, client, tokens):
        assert await client.messages.create(**app.ASK | {"max_tokens": tokens})

    def test_that_is_blocking(self):
        assert app.ask()

@pytest.mark.asyncio
async def test_async_generator(client, brownout):
    async def words():
        async with client.messages.stream(**app.ASK) as events:
            async for text in events.text_stream:
                yield text

    found = [word async for word in words()]
    assert len(found) == 20 and brownout.trace.complete == 1
"""

AUTO = """

@pytest.fixture
async def plain():
    return anthropic.AsyncAnthropic()

async def test_plain(plain, brownout):
    assert await plain.messages.create(**app.ASK)
"""

ALONE = """
async def test_it(brownout):
    brownout.next(overload())
    assert await app.ask_async()
    assert brownout.trace.statuses == [529, 200]

@pytest.mark.asyncio
async def test_marked_in_vain(brownout):
    assert await app.ask_async()
"""


@pytest.mark.parametrize("backend", ["virtual", pytest.param("wire", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("options", "text", "passed"),
    [
        pytest.param(("--asyncio-mode=strict",), ASYNCIO, 9, id="strict"),
        pytest.param(("--asyncio-mode=auto",), ASYNCIO + AUTO, 10, id="auto"),
        pytest.param(("-p", "no:asyncio", "-p", "no:anyio", "-o", "markers=asyncio"), ALONE, 2, id="none"),
    ],
)
def test_asynchronous_tests_pass(
    project: pytest.Pytester, backend: str, options: tuple[str, ...], text: str, passed: int
) -> None:
    """With pytest-asyncio in either mode, and without it."""
    project.makepyfile(test_it=HEAD + text)
    run_on(backend, project, *options).assert_outcomes(passed=passed)


SHARED = {
    "trio by anyio": (
        """
@pytest.fixture
def anyio_backend():
    return "trio"

@pytest.mark.anyio
async def test_it(brownout):
    async with anthropic.AsyncAnthropic() as client:
        assert await client.messages.create(**app.ASK)
""",
        "trio, which cannot be in virtual time. Run it on asyncio (with anyio, a fixture anyio_backend",
    ),
    "a loop of the module": (
        """
pytestmark = pytest.mark.asyncio(loop_scope="module")

async def test_it(brownout):
    assert await app.ask_async()
""",
        "this test would run in an event loop that other tests use too (scope 'module')*"
        '@pytest.mark.asyncio(loop_scope="function")*asyncio_default_test_loop_scope = "function"',
    ),
    "a fixture in a loop of the session": (
        """
import pytest_asyncio

@pytest_asyncio.fixture(loop_scope="session")
async def client():
    return anthropic.AsyncAnthropic()

@pytest.mark.asyncio
async def test_it(client, brownout):
    assert await client.messages.create(**app.ASK)
""",
        "the fixture 'client' would run in an event loop that other tests use too (scope 'session')*"
        '@pytest_asyncio.fixture(loop_scope="function")*asyncio_default_fixture_loop_scope = "function"',
    ),
    "a fixture of anyio for the module": (
        """
@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"

@pytest.fixture(scope="module")
async def client():
    async with anthropic.AsyncAnthropic() as client:
        yield client

@pytest.mark.anyio
async def test_it(client, brownout):
    assert await client.messages.create(**app.ASK)
""",
        "this test would run in an event loop that other tests use too*no asynchronous fixture has a wider scope",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", SHARED)
def test_what_cannot_be_in_virtual_time_says_what_to_change(project: pytest.Pytester, case: str) -> None:
    """Every test alike, the first that uses a loop too, and nothing else about it; in real time it passes."""
    text, told = SHARED[case]
    project.makepyfile(test_it=HEAD + text, test_it_too=HEAD + text)
    result = run(project)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines([f'brownout: *{told}*backend="wire")'])
    result.stdout.no_fnmatch_line("*brownout/*.py*")
    run(project, "--brownout-backend=wire").assert_outcomes(passed=2)


def test_a_setting_for_all_tests_is_named(project: pytest.Pytester) -> None:
    """Before any of them has a loop."""
    project.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_test_loop_scope = session\n")
    project.makepyfile(test_it=HEAD + ALONE)
    result = run_here(project, "-W", "ignore")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*(scope 'session')*"])


def test_of_both_backends_of_anyio_one_is_played(project: pytest.Pytester) -> None:
    """Its tests run on both unless told otherwise."""
    text = "@pytest.mark.anyio\nasync def test_it(brownout):\n    assert await app.ask_async()\n"
    project.makepyfile(test_it=HEAD + text)
    result = run(project)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["brownout: this test runs on trio*"])


UVLOOP = """
import asyncio

class Loop:
    def __init__(self):
        raise AssertionError("a real one, which would wait for ever")

def new_event_loop():
    return Loop()

def run(main):
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        assert isinstance(runner.get_loop(), Loop)
        return runner.run(main)
"""


def test_loops_of_uvloop_are_of_virtual_time(project: pytest.Pytester) -> None:
    """By its own factory, which nothing of asyncio's is asked about."""
    text = "import uvloop\n\ndef test_it(brownout):\n    assert uvloop.run(app.ask_async())\n"
    project.makepyfile(uvloop=UVLOOP, test_it=HEAD + text)
    run_here(project).assert_outcomes(passed=1)


def test_trio_in_a_test_is_refused(project: pytest.Pytester) -> None:
    """Whoever starts it; it would take the whole process down."""
    text = "import trio\n\ndef test_it(brownout):\n    trio.run(trio.to_thread.run_sync, app.ask)\n"
    project.makepyfile(test_it=HEAD + text)
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E * RuntimeError: trio cannot run in virtual time: *"])

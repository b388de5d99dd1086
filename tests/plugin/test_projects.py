"""Whatever way a project writes and runs its tests, the plugin is the same."""

from __future__ import annotations

import json
import os
import re

import pytest

from .projects import APP, HEAD, run, run_here, run_on

pytest_plugins = ["pytester"]

SHAPES = """
import unittest
from brownout.harness.testing.service import Service

@pytest.mark.usefixtures("brownout")
class TestOfUnittest(unittest.TestCase):
    def setUp(self):
        assert app.ask()

    def test_it(self):
        assert app.ask()

class TestOfUnittestThatScripts(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def service(self, brownout):
        self.brownout = brownout

    def test_it(self):
        self.brownout.next(overload())
        assert app.ask()
        assert self.brownout.trace.statuses == [529, 200]

@pytest.mark.brownout(seed=2)
class TestOfUnittestByMarker(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        assert await app.ask_async()

    async def test_it(self):
        assert await app.ask_async()

class TestClass:
    def setup_method(self):
        self.text = app.ask()

    def test_it(self, brownout):
        assert self.text and brownout.trace.attempts == 1

class TestOfMany:
    @pytest.mark.parametrize("fault", [overload(), reset()], ids=lambda fault: fault.kind)
    def test_it(self, brownout, fault):
        brownout.next(fault)
        assert app.ask()
        assert brownout.trace.attempts == 2

@pytest.fixture(params=[1, 2])
def times(brownout, request):
    brownout.next(overload(), times=request.param)
    return request.param

def test_a_fixture_that_scripts(times, brownout):
    assert app.ask()
    assert brownout.trace.attempts == times + 1

def test_two_fixtures_see_one_service(times, brownout, storm):
    assert storm is brownout
    app.ask()

@pytest.fixture
def storm(brownout):
    return brownout

made_on_import = anthropic.Anthropic(max_retries=5)

@pytest.fixture(scope="module")
def made_once():
    with anthropic.Anthropic() as client:
        yield client

@pytest.mark.parametrize("number", [1, 2])
def test_clients_that_are_older_than_the_test(brownout, made_once, number):
    brownout.next(reset())
    assert made_once.messages.create(**app.ASK)
    assert made_on_import.messages.create(**app.ASK)
    assert brownout.trace.attempts == 3

def test_without_a_service():
    assert "brownout" not in globals()
"""


@pytest.mark.parametrize("backend", ["virtual", pytest.param("wire", marks=pytest.mark.slow)])
def test_tests_of_every_shape_pass(project: pytest.Pytester, backend: str) -> None:
    """Of unittest, in classes, of many parameters; with fixtures on top, and clients that are older than the test."""
    project.makepyfile(test_it=HEAD + SHAPES)
    run_on(backend, project).assert_outcomes(passed=13)


def test_a_fixture_for_every_test(project: pytest.Pytester) -> None:
    """In a conftest.py, which asks for the service itself."""
    storm = "@pytest.fixture(autouse=True)\ndef storm(brownout):\n    brownout.next(overload())\n"
    text = "def test_it(): assert app.ask()\ndef test_that_asks_nothing(): pass\n"
    project.makepyfile(conftest=HEAD + storm, test_it=HEAD + text)
    result = run_here(project)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["overload was scripted for 1 request and took effect on none: no request has come"])


OUTCOMES = """
@pytest.fixture
def asked(brownout):
    brownout.next(overload())
    app.ask()
    yield
    assert brownout.trace.attempts == 2, "in its teardown"

def test_teardown(asked):
    app.ask()

@pytest.fixture
def broken(brownout):
    app.ask()
    raise ZeroDivisionError("in its setup")

def test_setup(broken): pass

@pytest.fixture(scope="session")
def wide(brownout): pass

def test_scope(wide): pass

@pytest.mark.xfail
def test_expected_to_fail(brownout):
    brownout.next(overload())

def test_skipped(brownout):
    brownout.next(overload())
    pytest.skip("not now")

@pytest.mark.skip
def test_never_begun(brownout): pass

def test_that_fails_for_two_reasons(brownout):
    brownout.next(overload())
    try:
        httpx.get("http://192.0.2.1/")
    except httpx.ConnectError:
        pass
    assert False, "the first"

@pytest.fixture
def reaching(brownout):
    yield
    try:
        httpx.get("http://192.0.2.2/")
    except httpx.ConnectError:
        pass

def test_whose_fixture_reaches_out(reaching): pass
"""


@pytest.mark.parametrize("backend", ["virtual", "wire"])
def test_a_test_ends_as_it_would_without_a_service(project: pytest.Pytester, backend: str) -> None:
    """In setup and teardown too, where what happened is told as well; and says all that is wrong with it."""
    project.makepyfile(test_it=HEAD + OUTCOMES)
    result = run_on(backend, project, "-rA")
    result.assert_outcomes(passed=2, failed=1, errors=4, xfailed=1, skipped=2)
    told = result.stdout.str()
    part = dict(zip(*[iter(_parts(told))] * 2, strict=True))
    assert "attempt 2, plain: answered whole" in part["ERROR at teardown of test_teardown"]
    assert "attempt 1, plain: answered whole" in part["ERROR at setup of test_setup"]
    assert "ScopeMismatch" in part["ERROR at setup of test_scope"]
    assert "192.0.2.2" in part["ERROR at teardown of test_whose_fixture_reaches_out"]
    failed = part["test_that_fails_for_two_reasons"]
    assert failed.index("the first") < failed.index("no request has come") < failed.index("Besides: ")
    assert "Besides: overload was scripted for 1 request and took effect on none" in failed
    assert "192.0.2.1" in failed.partition("Besides: ")[2]


def _parts(told: str) -> list[str]:
    """Title, text, title, text, ... of what pytest has told of each test."""
    return re.split(r"^_{3,} (.*) _{3,}$", told, flags=re.MULTILINE)[1:]


MISTAKES = {
    '@pytest.mark.brownout("strom")': 'unknown scenario "strom"; known: "calm"',
    '@pytest.mark.brownout("strom.yaml")': "strom.yaml",
    "@pytest.mark.brownout(sead=1)": "brownout: the marker takes no 'sead'",
    '@pytest.mark.brownout(limit="soon")': 'brownout: limit: expected a duration such as "10s"',
    '@pytest.mark.brownout(backend="wrie")': 'brownout: backend: expected "virtual" or "wire", got \'wrie\'',
    '@pytest.mark.brownout(seed="x")': "brownout: seed: expected a whole number, got 'x'",
    '@pytest.mark.brownout(hosts="api.test")': "brownout: hosts: expected a list of names, got 'api.test' alone",
    '@pytest.mark.brownout("calm", "storm")': "brownout: expected one scenario, got 2",
}


def test_a_mistake_in_a_marker_is_told_in_a_line(project: pytest.Pytester) -> None:
    """And with none of our code."""
    tests = (f"{marker}\ndef test_{number}(): pass\n" for number, marker in enumerate(MISTAKES))
    project.makepyfile(test_it=HEAD + "\n".join(tests))
    result = run_here(project)
    result.assert_outcomes(errors=len(MISTAKES))
    for told in MISTAKES.values():
        assert told in result.stdout.str()
    result.stdout.no_fnmatch_line("*.py:[0-9]*: *")


def test_a_mistake_in_the_ini_file_too(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nbrownout_seed = lucky\nasyncio_default_fixture_loop_scope = function\n")
    project.makepyfile(test_it=HEAD + "def test_it(brownout): pass\n")
    result = run_here(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["brownout: seed: expected a whole number, got 'lucky'"])


def test_a_fixture_of_the_project_hides_ours_and_not_the_marker(project: pytest.Pytester) -> None:
    """A test that is marked must never reach the real service."""
    text = """
@pytest.fixture
def brownout():
    return "mine"

def test_theirs(brownout):
    assert brownout == "mine"

@pytest.mark.brownout(seed=2)
def test_ours(brownout):
    assert brownout == "mine" and app.ask()
"""
    project.makepyfile(test_it=HEAD + text)
    result = run_here(project)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["1 test, 1 attempt, 0 faults took effect, *"])


def test_a_fixture_of_the_project_may_build_on_ours(project: pytest.Pytester) -> None:
    text = """
@pytest.fixture
def brownout(brownout):
    brownout.next(overload())
    return brownout

def test_it(brownout):
    assert app.ask() and brownout.trace.attempts == 2
"""
    project.makepyfile(test_it=HEAD + text)
    run_here(project).assert_outcomes(passed=1)


PLAIN = """
def test_good(brownout):
    brownout.next(overload())
    assert app.ask()

def test_bad(brownout):
    brownout.next(overload())

def test_async(brownout):
    assert asyncio.run(app.ask_async())
"""


@pytest.mark.parametrize(
    "options",
    [
        ("-W", "error"),
        ("--import-mode=importlib", "-o", "pythonpath=."),
        ("-p", "no:randomly"),
        ("-p", "no:anyio", "-p", "no:respx", "-p", "no:cov", "-p", "no:xdist"),
        ("-p", "no:faulthandler", "-p", "no:unraisableexception", "-p", "no:threadexception"),
        ("--capture=no",),
        ("--capture=sys", "--tb=short", "--setup-show"),
        ("--timeout=60",),
        ("--timeout=60", "--timeout-method=thread"),
        ("--junitxml=found.xml", "-o", "junit_family=xunit2"),
    ],
    ids=" ".join,
)
def test_options_of_pytest_change_nothing(project: pytest.Pytester, options: tuple[str, ...]) -> None:
    project.makepyfile(test_it=HEAD + PLAIN)
    result = run_here(project, *options)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["3 tests, 3 attempts, 1 fault took effect, *"])


def test_the_last_failed_are_run_again(project: pytest.Pytester) -> None:
    """And the first to fail ends a run that is to end there."""
    project.makepyfile(test_it=HEAD + PLAIN)
    cached = ("-p", "cacheprovider")
    run_here(project, *cached).assert_outcomes(passed=2, failed=1)
    run_here(project, *cached, "--lf").assert_outcomes(failed=1)
    run_here(project, "-x").assert_outcomes(passed=1, failed=1)


def test_nothing_is_run_where_tests_are_only_collected(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=HEAD + PLAIN)
    result = run_here(project, "--collect-only")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*brownout*took effect*")


def test_a_project_that_does_not_want_it(project: pytest.Pytester) -> None:
    """Its tests know nothing of it."""
    project.makepyfile(test_it=HEAD + PLAIN, test_other="def test_it(): pass\n")
    result = run_here(project, "-p", "no:brownout")
    result.assert_outcomes(passed=1, errors=3)
    result.stdout.fnmatch_lines(["*fixture 'brownout' not found"])


def test_virtual_time_is_none_that_a_timeout_counts(project: pytest.Pytester) -> None:
    """Of pytest-timeout, that is: a test that hangs for real is ended."""
    text = """
import time

def test_it(brownout):
    time.sleep(3600)
    assert app.ask()

def test_that_hangs(brownout):
    app.ask()
    while True:
        pass
"""
    project.makepyfile(test_it=HEAD + text)
    result = run_here(project, "--timeout=3", "--timeout-method=signal")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*attempt 1, plain: answered whole*"])


@pytest.mark.slow
def test_every_worker_has_a_port_of_its_own(project: pytest.Pytester) -> None:
    text = """
import json, os, pathlib

def test_it(brownout, worker_id):
    assert app.ask() and os.environ["ANTHROPIC_BASE_URL"] == brownout.url
    pathlib.Path(f"{worker_id}.json").write_text(json.dumps(brownout.url))
"""
    project.makepyfile(test_it=HEAD + text)
    run(project, "--brownout-backend=wire", "--dist=each", "--tx=2*popen").assert_outcomes(passed=2)
    urls = {json.loads(found.read_text()) for found in project.path.glob("gw*.json")}
    assert len(urls) == 2


def test_nothing_is_left_of_a_session_on_the_wire(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs pytest in a process of their own keeps their environment."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://mine.test")
    project.makepyfile(test_it="import os\ndef test_it(): assert '127.0.0.1' in os.environ['ANTHROPIC_BASE_URL']\n")
    run_here(project, "--brownout-backend=wire").assert_outcomes(passed=1)
    assert os.environ["ANTHROPIC_BASE_URL"] == "http://mine.test"


@pytest.mark.slow
def test_coverage_sees_what_runs_in_virtual_time(project: pytest.Pytester) -> None:
    """In threads too, once it knows what they are."""
    more = """

def in_threads():
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(one, range(3)))


def one(number):
    text = ask()
    return text, number
"""
    project.makepyfile(app=APP + more)
    text = "def test_it(brownout):\n    asyncio.run(app.ask_async())\n    app.stream()\n    app.in_threads()\n"
    project.makepyfile(test_it=HEAD + text)
    project.path.joinpath(".coveragerc").write_text("[run]\nconcurrency = thread, greenlet\n")
    result = run(project, "--cov=app", "--cov-fail-under=100", "--cov-report=term-missing")
    result.assert_outcomes(passed=1)
    assert result.ret == 0, result.stdout.str()


def test_a_thread_that_is_older_than_the_test_does_not_fail_in_silence(project: pytest.Pytester) -> None:
    """It runs in real time, where what it asks for is refused; whatever becomes of the error, the test is red."""
    text = """
import os, threading

asked, answered = os.pipe(), os.pipe()  # which wait for real

def work():
    os.read(asked[0], 1)
    try:
        app.ask()
    except BaseException:
        pass
    os.write(answered[1], b"x")

threading.Thread(target=work, name="an old one", daemon=True).start()

def test_it(brownout):
    os.write(asked[1], b"x")
    os.read(answered[0], 1)
"""
    project.makepyfile(test_it=HEAD + text)
    result = run_here(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["thread 'an old one' is older than this test: *"])


def test_who_waits_for_such_a_thread_is_told_so(project: pytest.Pytester) -> None:
    text = """
import threading

go_on = threading.Event()
old = threading.Thread(target=go_on.wait, name="an old one", daemon=True)
old.start()
done = threading.Event()

def test_it(brownout):
    done.wait()

def test_last():
    go_on.set()
"""
    project.makepyfile(test_it=HEAD + text)
    result = run_here(project)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["Besides: older than the test are *'an old one': such threads run in real time, *"])


DEEP = """
def ask():
    return anthropic.Anthropic(max_retries=0).messages.create(**app.ASK)

def test_blocking(brownout):
    brownout.next(reset())
    ask()

async def test_asynchronous(brownout):
    brownout.next(reset())
    await anthropic.AsyncAnthropic(max_retries=0).messages.create(**app.ASK)
"""


def test_a_failure_shows_the_lines_of_the_program(project: pytest.Pytester) -> None:
    """And no others; unless they are wanted."""
    project.makepyfile(test_it=HEAD + DEEP)
    told = run_here(project).stdout
    told.fnmatch_lines(["*test_it.py:*: in ask", "E *APIConnectionError*", "E *APIConnectionError*"])
    told.no_fnmatch_line("*site-packages*")
    told.no_fnmatch_line("*contextlib.py*")
    run_here(project, "--tb=long").stdout.fnmatch_lines(["*site-packages*APIConnectionError"])
    run_here(project, "--full-trace").stdout.fnmatch_lines(["*site-packages*APIConnectionError"])

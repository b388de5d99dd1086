"""The pytest plugin, as a project that has installed it meets it: each case is a project of its own."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .projects import HEAD, run, run_here

pytest_plugins = ["pytester"]

APPLICATION_OF_THE_PAGE = """
import anthropic

client = anthropic.Anthropic(max_retries=8, timeout=20.0)
asynchronous = anthropic.AsyncAnthropic(max_retries=8)


class Incomplete(Exception):
    pass


def given(text):
    return {"model": "claude-sonnet-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": text}]}


def ask(text):
    return client.messages.create(**given(text)).content[0].text


async def ask_async(text):
    return (await asynchronous.messages.create(**given(text))).content[0].text


def stream(text):
    try:
        with client.messages.stream(**given(text)) as events:
            return events.get_final_text()
    except Exception as error:
        raise Incomplete from error


def run_chain(steps):
    for _ in range(steps):
        ask("Next")
"""

CHAT_OF_THE_PAGE = """
import anthropic

client = anthropic.Anthropic(max_retries=0)


def reply(text):
    answer = client.messages.create(**given(text))
    return answer.content[0].text


def given(text):
    return {"model": "claude-sonnet-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": text}]}
"""

GOOD = """
def test_scripted(brownout):
    brownout.next(overload())
    brownout.next(reset())
    assert app.ask()
    assert brownout.trace.statuses == [529, None, 200]
    assert brownout.trace.attempts == 3 and brownout.trace.min_wait > 0.3

def test_nothing_is_left_of_the_test_before(brownout):
    assert app.ask()
    assert brownout.trace.attempts == 1

async def test_asynchronous(brownout):
    brownout.next(overload())
    assert await app.ask_async()
    assert brownout.trace.statuses == [529, 200]

def test_connections(brownout):
    brownout.next(refuse())
    assert app.ask()
    assert brownout.trace.attempts == 2

def test_whoever_leaves_is_seen(brownout):
    brownout.next(stall(at={"tokens": 3}))
    with app.blocking.with_options(timeout=0.5, max_retries=0).messages.stream(**app.ASK) as events:
        with pytest.raises(Exception):
            events.get_final_text()
    assert brownout.trace.closed_by_client
    assert brownout.trace.tokens_wasted == 3

def test_phases(brownout):
    brownout.phases(phase("200ms", overload()), phase("10s"))
    with brownout.within("20s"):
        assert app.ask()
    assert brownout.faults["phase 1: overload"][1] >= 1

@pytest.mark.brownout("calm")
def test_marker_alone():
    assert app.blocking.with_options(max_retries=0).messages.create(**app.ASK)

def test_budget(brownout):
    brownout.next(overload())
    with brownout.budget("30s") as budget:
        for name in ("plan", "write"):
            with budget.step(name):
                app.ask()
    assert budget.trace.attempts == 3
    assert budget.explain().splitlines()[1].split()[:2] == ["plan", "2"]
"""

BAD = {
    "a fault that was never met": (
        "def test_it(brownout):\n    brownout.next(overload(), times=2)\n    app.ask()\n    brownout.next(overload())",
        "overload was scripted for 1 request and took effect on none",
    ),
    "a fault without a request": (
        "def test_it(brownout):\n    brownout.next(overload())",
        "overload was scripted for 1 request and took effect on none: no request has come",
    ),
    "a fault for streams alone": (
        "def test_it(brownout):\n    brownout.next(truncate())\n    app.ask()",
        "no stream was asked for",
    ),
    "a phase that never began": (
        "def test_it(brownout):\n    brownout.phases(phase('1h'), phase('1s', reset()))\n    app.ask()",
        "reset did not take effect: its phase begins at 3600 s",
    ),
    "an incident that was over before it began": (
        "@pytest.mark.brownout('rate-limit-storm')\ndef test_it():\n    app.ask()",
        "nothing of rate-limit-storm took effect: it goes wrong from",
    ),
    "a way out": (
        "def test_it(brownout):\n    app.ask()\n    try:\n        httpx.get('http://192.0.2.1/')\n"
        "    except httpx.ConnectError:\n        pass",
        "192.0.2.1",
    ),
    "too slow": (
        "def test_it(brownout):\n    brownout.next(rate_limit(retry_after='1s'))\n"
        "    with brownout.within('900ms'):\n        app.ask()",
        "more than 0.9 s",
    ),
    "a wrong marker": (
        "@pytest.mark.brownout(sead=1)\ndef test_it(brownout):\n    pass",
        "the marker takes no 'sead'",
    ),
}

PAGE = (Path(__file__).parents[2] / "docs/pytest.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """Of the page."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "two workers"])
@pytest.mark.parametrize("backend", ["virtual", "wire"])
def test_good_tests_pass(project: pytest.Pytester, backend: str, options: tuple[str, ...]) -> None:
    """Sync and async, scripted, in phases, by marker, one after the other and side by side; a summary says how many."""
    project.makepyfile(test_good=HEAD + GOOD)
    result = run(project, f"--brownout-backend={backend}", *options)
    result.assert_outcomes(passed=8)
    result.stdout.re_match_lines([r"8 tests, \d+ attempts, \d+ faults took effect, .* of (virtual|real) time"])


@pytest.mark.parametrize("case", BAD)
def test_a_test_that_proves_nothing_fails_and_says_why(project: pytest.Pytester, case: str) -> None:
    """With the line that tells what is wrong with it."""
    text, told = BAD[case]
    project.makepyfile(test_bad=HEAD + text)
    result = run_here(project)
    assert result.ret == 1
    assert told in result.stdout.str()


def test_a_failure_ends_with_the_attempts_and_a_command_that_reproduces_it(project: pytest.Pytester) -> None:
    """Which is run as it stands, and fails alike."""
    text = "@pytest.mark.parametrize('name', ['a b'])\ndef test_it(brownout, name):\n"
    project.makepyfile(
        test_it=HEAD + text + "    brownout.next(rate_limit(retry_after='7s'), times=3)\n    app.ask()\n"
    )
    said = run_here(project, "--brownout-seed=5").stdout.str()
    assert re.search(r"attempt 2, plain: status 429 after .* s, retry-after 7 s \(scripted 1: rate_limit\)", said)
    again = next(line for line in said.splitlines() if line.startswith("Again: "))
    command = shlex.split(again.removeprefix("Again: pytest "))
    assert command[1:] == ["--brownout-backend=virtual", "--brownout-seed=5"]
    pytest_again = [sys.executable, "-m", "pytest", *command]
    done = subprocess.run(pytest_again, cwd=project.path, capture_output=True, text=True)
    assert "1 failed" in done.stdout
    assert again in done.stdout


def test_figures_reach_the_junit_file(project: pytest.Pytester) -> None:
    """Flat, as properties of the test."""
    project.makepyfile(test_it=HEAD + "def test_it(brownout):\n    brownout.next(overload())\n    app.ask()\n")
    run_here(project, "--junitxml=found.xml")
    found = ElementTree.parse(project.path / "found.xml").iter("property")
    figures = {each.attrib["name"]: each.attrib["value"] for each in found}
    assert figures["brownout_attempts"] == "2"
    assert figures["brownout_faults_fired"] == "1"
    assert figures["brownout_backend"] == "virtual"


def test_a_program_that_retries_for_ever_comes_to_an_end(project: pytest.Pytester) -> None:
    """At the limit of virtual time, whatever it catches."""
    text = """
@pytest.mark.brownout(limit="10m")
def test_it(brownout):
    brownout.always(overload())
    while True:
        try:
            app.ask()
        except Exception:
            pass
"""
    project.makepyfile(test_it=HEAD + text)
    result = run_here(project)
    result.assert_outcomes(failed=1)
    assert "600 s of virtual time are over" in result.stdout.str()


def test_an_event_loop_of_real_time_is_named(project: pytest.Pytester) -> None:
    """One that was made before would wait for ever."""
    text = """
import asyncio

@pytest.fixture(scope="session")
def runner():
    with asyncio.Runner() as runner:
        runner.get_loop()
        yield runner

def test_it(runner, brownout):
    runner.run(app.ask_async())
"""
    project.makepyfile(test_it=HEAD + text)
    result = run_here(project)
    result.assert_outcomes(failed=1)
    assert "was made before virtual time was entered" in result.stdout.str()


def test_a_loop_of_the_test_before_is_named_too(project: pytest.Pytester) -> None:
    """Of the virtual time that has ended."""
    text = """
import asyncio

loops = []

@pytest.mark.parametrize("number", [1, 2])
def test_it(brownout, number):
    loops or loops.append(asyncio.new_event_loop())
    loops[0].run_until_complete(app.ask_async())
"""
    project.makepyfile(test_it=HEAD + text)
    result = run_here(project)
    result.assert_outcomes(passed=1, failed=1)
    assert "was made before virtual time was entered" in result.stdout.str()


def test_an_asynchronous_test_of_anyio_has_a_loop_of_its_own(project: pytest.Pytester) -> None:
    """And so has its fixture, which is asked for before the service is."""
    text = """
@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.fixture
async def client():
    async with anthropic.AsyncAnthropic() as client:
        yield client

@pytest.mark.anyio
async def test_it(client, brownout):
    brownout.next(overload())
    assert await client.messages.create(**app.ASK)
    assert brownout.trace.statuses == [529, 200]
"""
    project.makepyfile(test_it=HEAD + text)
    run_here(project).assert_outcomes(passed=1)


def test_a_session_that_wants_none_of_it_imports_none_of_it(project: pytest.Pytester) -> None:
    """Whoever has this installed starts pytest as fast as before."""
    text = """
import sys

def test_it():
    heavy = {"anthropic", "brownout.harness", "greenlet", "pydantic", "simpy"} & set(sys.modules)
    assert "brownout.pytest_plugin" in sys.modules and not heavy
"""
    project.makepyfile(test_it=text)
    run(project).assert_outcomes(passed=1)


def test_the_page_about_it_is_true(project: pytest.Pytester) -> None:
    """Its tests pass, with an application that is as it should be."""
    [_, code] = blocks("python")
    project.makepyfile(app=APPLICATION_OF_THE_PAGE, test_page=code)
    run_here(project).assert_outcomes(passed=4)


def test_its_first_minute_too(project: pytest.Pytester) -> None:
    """The test fails as it is shown, and passes once the program tries again."""
    [code, _], [shown] = blocks("python"), blocks("text")
    project.makepyfile(chat=CHAT_OF_THE_PAGE, test_chat=code)
    told = run_here(project).stdout
    told.fnmatch_lines(["*" + line.replace("...", "*").replace("[", "[[]") for line in shown.splitlines() if line])
    project.makepyfile(chat=CHAT_OF_THE_PAGE.replace("max_retries=0", "max_retries=2"))
    result = run_here(project)
    result.assert_outcomes(passed=1)
    assert f"`{result.stdout.lines[-2]}`" in PAGE

"""Programs that cannot be played are told why, in a line; what their exceptions say stays where it is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from brownout.harness.cells import Job
from brownout.harness.files import loads
from brownout.harness.importing import NotFound
from brownout.harness.program import program
from brownout.harness.results import Backend
from brownout.harness.scenario import Scenario
from brownout.harness.scoring import Unplayable

SCENARIO = loads(
    """
name: one-call
workload: {clients: 1, arrivals: {kind: steady, rate: 2/s}, calls: {deadline: 10s, output_tokens: 4}}
server: {latency: {first_token: 20ms, token_gap: 2ms, round_trip: 4ms}}
timeline: [{for: 1s}]
""",
    Scenario,
)
SECRET = "sk-ant-very-secret"
HEAD = f"""
import contextvars, json, os, sys, threading, urllib.request
import anthropic

ASK = {{"model": "claude-sonnet-5-5", "max_tokens": 9, "messages": [{{"role": "user", "content": "Hello"}}]}}
SECRET = "{SECRET}"


def sdk(**options):
    return anthropic.Anthropic(max_retries=0, **options).messages.create(**ASK)


"""
WHEN_PLAYED: dict[str, tuple[str, str]] = {
    "no request": ("def ask(prompt): return 'cached'", r"mine sends no request: its calls return without any"),
    "an error before": ("def ask(prompt): raise ValueError(SECRET)", r"it raised ValueError \(mine\.py, line 13\)"),
    "sys.exit": ("def ask(prompt): sys.exit(SECRET)", r"it raised SystemExit \(mine\.py"),
    "os._exit": ("def ask(prompt): os._exit(3)", r"mine has ended the process that it ran in, with code 3"),
    "no instance": (
        "class ask:\n    def __init__(self): raise ValueError(SECRET)\n    def ask(self, prompt): pass",
        r"making it for client 0 raised ValueError \(mine\.py, line 14\)",
    ),
    "somewhere else": (
        "def ask(prompt): return sdk(base_url='https://example.com')",
        r"example\.com(:443)? is (not faked|somewhere else).*ANTHROPIC_BASE_URL",
    ),
    "outside of a call": (
        "def ask(prompt):\n    thread = threading.Thread(target=lambda: contextvars.Context().run(sdk))\n"
        "    thread.start(); thread.join()\n    return sdk()",
        r"2 requests came outside of any call",
    ),
    "another library": (
        "def ask(prompt):\n    url = os.environ['ANTHROPIC_BASE_URL'] + '/v1/messages'\n    sdk()\n"
        "    return urllib.request.urlopen(urllib.request.Request(url, json.dumps(ASK).encode(), {'x-api-key': 'k'}))",
        r"(is faked for httpx, httpx2|came outside of any call, or by another).*--client-command",
    ),
}
WHEN_NAMED: dict[str, tuple[str, str, str]] = {
    "no module": ("", "nowhere:ask", 'there is no module "nowhere" here'),
    "no file": ("", "nowhere.py:ask", "nowhere.py: no such file"),
    "no such name": ("def ask(prompt): pass", "mine:aks", 'mine has no "aks".*"ask"'),
    "a broken module": ("def ask(prompt:", "mine:ask", "importing mine raised SyntaxError in line"),
    "a module that raises": ("raise ValueError(SECRET)", "mine:ask", r"importing mine raised ValueError \(mine.py"),
    "a missing library": ("import not_installed_here", "mine:ask", "mine imports not_installed_here, which is not"),
    "a number": ("ask = 7", "mine:ask", "mine:ask is of type int: expected a function, or a class or an object with"),
    "a wrong parameter": ("def ask(prompt, temperature): pass", "mine:ask", 'needs "temperature".*max_tokens, stream'),
    "a method": ("class A:\n    def ask(self, prompt): pass", "mine:A.ask", "mine:A.ask is a method: name its class"),
    "a class to be told more": (
        "class A:\n    def __init__(self, key): pass\n    def ask(self, prompt): pass",
        "mine:A",
        'mine:A needs "key" to be made',
    ),
    "a class without a method": ("class A: pass", "mine:A", 'mine:A is a class without a method "ask"'),
    "by position alone": ("def ask(prompt, stream, /): pass", "mine:ask", 'takes "stream" by position alone'),
    "a client of the SDK": ("ask = anthropic.Anthropic()", "mine:ask", "brownout init --from mine:ask"),
    "the SDK's class": ("ask = anthropic.Anthropic", "mine:ask", "brownout init --from mine:ask"),
    "no name": ("", "mine:", 'expected a module and a name in it such as "app.llm:client"'),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that `mine.py` can be written to."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("backend", ["virtual", "wire"])
@pytest.mark.parametrize(("code", "why"), WHEN_PLAYED.values(), ids=WHEN_PLAYED)
def test_what_cannot_be_played(here: Path, code: str, why: str, backend: Backend) -> None:
    """The reason names the place in the program."""
    (here / "mine.py").write_text(HEAD + code, encoding="utf-8")
    mine = program("mine=mine.py:ask")
    with pytest.raises(Unplayable, match=why) as raised:
        Job(SCENARIO, mine, 1, backend, 1.0).play()
    assert SECRET not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("code", "named", "why"), WHEN_NAMED.values(), ids=WHEN_NAMED)
def test_what_is_not_there(here: Path, code: str, named: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is played."""
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    (here / "mine.py").write_text(HEAD + code, encoding="utf-8")
    with pytest.raises(NotFound, match=why) as raised:
        program(named)
    assert SECRET not in str(raised.value)
    assert "\n" not in str(raised.value)

"""Programs in any language, a process for each call: here they are small ones in Python, without any SDK."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from brownout.harness.cells import Job
from brownout.harness.files import loads
from brownout.harness.importing import NotFound
from brownout.harness.ledger import Ledger
from brownout.harness.program import Command, command
from brownout.harness.scenario import Scenario
from brownout.harness.scoring import Unplayable

from ...processes import alive, needs_proc, until

SCENARIO = """
name: a-second
workload: {{clients: 2, arrivals: {{kind: steady, rate: 4/s}}, calls: {{deadline: 5s, stream: 50%, output_tokens: 9}}}}
server: {{latency: {{first_token: 20ms, token_gap: 2ms, round_trip: 4ms}}}}
timeline: [{{for: 1s, faults: [{faults}]}}]
"""
HEAD = """
import json, os, sys, urllib.error, urllib.request

call = json.loads(sys.stdin.readline())

def ask(tries=1):
    url = os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages"
    messages = [{"role": "user", "content": call["prompt"]}]
    body = {"model": "m", "max_tokens": call["max_tokens"], "stream": call["stream"], "messages": messages}
    for left in reversed(range(tries)):
        try:
            key = {"x-api-key": os.environ["ANTHROPIC_API_KEY"]}
            return urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), key)).read()
        except urllib.error.HTTPError as error:
            if not left:
                raise

"""


def played(tmp_path: Path, code: str, faults: str = "", *words: str) -> Ledger:
    """A program of that code, for a second."""
    file = tmp_path / "ask.py"
    file.write_text(code, encoding="utf-8")
    mine = Command(name="mine", words=(sys.executable, str(file), *words), sha256="")
    return Job(loads(SCENARIO.format(faults=faults), Scenario), mine, 1, "wire", 1.0).play()


def outcomes(ledger: Ledger) -> dict[tuple[str, str], int]:
    return dict(Counter((call.outcome, call.exception) for call in ledger.calls))


def test_it_is_asked_once_for_each_call(tmp_path: Path) -> None:
    """Its attempts are those that the fake has seen, each under the call that it belongs to."""
    ledger = played(tmp_path, HEAD + "ask(); print(json.dumps({'ok': True, 'tokens': 9}))")
    assert outcomes(ledger) == {("ok", ""): 4}
    assert [attempt.who[:2] for attempt in ledger.attempts] == [call[:2] for call in ledger.calls]
    assert {(call.attempts, call.tokens) for call in ledger.calls} == {(1, 9)}
    assert {served.stream for served in ledger.journal} == {True, False}


def test_its_retries_are_seen(tmp_path: Path) -> None:
    """In their order within the call."""
    ledger = played(tmp_path, HEAD + "ask(tries=3)", "{kind: overload, where: {attempts: [0]}}")
    assert outcomes(ledger) == {("ok", ""): 4}
    assert {call.attempts for call in ledger.calls} == {2}
    assert [attempt.outcome for attempt in ledger.attempts if attempt.who.attempt == 0] == ["status"] * 4


FAILS = {
    "it gives up": ("ask()", "{kind: overload}", ("status", "exit code 1")),
    "it says so": ("ask(); print(json.dumps({'ok': False, 'error': 'Empty'}))", "", ("raised", "Empty")),
    "it thinks that all is well": ("\ntry: ask()\nexcept OSError: pass", "{kind: overload}", ("unanswered", "")),
    "its stream breaks": ("ask()", "{kind: reset, at: {tokens: 2}}", ("stream_broken", "exit code 1")),
}


@pytest.mark.parametrize(("code", "faults", "expected"), FAILS.values(), ids=FAILS)
def test_how_it_fails(tmp_path: Path, code: str, faults: str, expected: tuple[str, str]) -> None:
    """By its word, and by what its last request has come to."""
    assert expected in outcomes(played(tmp_path, HEAD + code, faults))


def test_no_key_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that goes astray shall not cost anything; nor is it led to a proxy."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-real")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "real")
    monkeypatch.setenv("https_proxy", "http://proxy.test")
    (tmp_path / "seen").mkdir()
    played(
        tmp_path, HEAD + f"ask(); open({str(tmp_path)!r} + f'/seen/{{os.getpid()}}', 'w').write(str(dict(os.environ)))"
    )
    seen = [path.read_text() for path in (tmp_path / "seen").iterdir()]
    assert len(seen) == 4
    assert not [text for text in seen if "sk-ant-real" in text or "AUTH_TOKEN" in text or "proxy.test" in text]


def test_words_are_passed_on_as_they_are(tmp_path: Path) -> None:
    """There is no shell that would make anything of them."""
    words = ("$HOME", "two words", "'quoted'", "naïve", "*")
    code = HEAD + f"assert sys.argv[1:] == {list(words)!r}, sys.argv\nask()"
    assert outcomes(played(tmp_path, code, "", *words)) == {("ok", ""): 4}


def test_who_does_not_listen_or_says_too_much_is_played_too(tmp_path: Path) -> None:
    """Input that is not read, and output of megabytes."""
    code = HEAD.replace("json.loads(sys.stdin.readline())", "{'prompt': 'hi', 'max_tokens': 9, 'stream': False}")
    ledger = played(tmp_path, code + "print('x' * 2**22); ask(); print('{\"tokens\": 5}')")
    assert outcomes(ledger) == {("ok", ""): 4}
    assert {call.tokens for call in ledger.calls} == {5}


@needs_proc
@pytest.mark.slow
def test_what_hangs_is_ended_with_the_run_and_so_are_its_children(tmp_path: Path) -> None:
    """No process is left."""
    (tmp_path / "seen").mkdir()
    code = (
        HEAD + "import subprocess, time\nask()\nchild = subprocess.Popen(['sleep', '600'])\n"
        f"for number in (os.getpid(), child.pid): open({str(tmp_path)!r} + f'/seen/{{number}}', 'w')\ntime.sleep(600)"
    )
    ledger = played(tmp_path, code)
    assert outcomes(ledger) == {("censored", ""): 4}
    numbers = [int(path.name) for path in (tmp_path / "seen").iterdir()]
    assert len(numbers) == 8
    until(lambda: not alive(numbers))


def test_one_that_sends_nothing_cannot_be_played(tmp_path: Path) -> None:
    """How it ended is told, and how to try it by hand."""
    with pytest.raises(Unplayable, match=r"mine sends nothing to ANTHROPIC_BASE_URL: exit code 4\. Try it by hand"):
        played(tmp_path, "raise SystemExit(4)")


@pytest.mark.parametrize(
    ("given", "name"),
    {"node=python3 ask.py": "node", "python3 ask.py": "python3-ask", "python3 ask.py --fast": "python3-ask"}.items(),
)
def test_what_it_is_called(given: str, name: str) -> None:
    """By its words, or by a name of its own."""
    assert command(given).name == name


def test_a_change_of_its_file_makes_another_contestant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of any that its words name."""
    monkeypatch.chdir(tmp_path)
    Path("ask.py").write_text("1", encoding="utf-8")
    before = command("python3 ask.py").sha256
    Path("ask.py").write_text("2", encoding="utf-8")
    assert command("python3 ask.py").sha256 != before


@pytest.mark.parametrize("given", ["", "nowhere-to-be-found ask.py", "python3 'ask", "name="])
def test_what_is_no_command(given: str) -> None:
    """It is told before anything is run."""
    with pytest.raises(NotFound):
        command(given)


def test_it_is_told_whom_to_trust(tmp_path: Path) -> None:
    """Where TLS is what goes wrong it is spoken in earnest; whom the fault is not for is answered."""
    ledger = played(tmp_path, HEAD + "ask()", "{kind: tls_reset, where: {calls: [99]}}")
    assert outcomes(ledger) == {("ok", ""): 4}
    ledger = played(tmp_path, HEAD + "ask()", "{kind: bad_certificate}")
    assert outcomes(ledger) == {("raised", "exit code 1"): 4}
    assert list(ledger.faults.values()) == [(4, 4)]
    assert ledger.journal == []

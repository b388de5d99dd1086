"""Programs on the command line: beside client files, told one call of, refused in a line, and played again."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from brownout.harness.results import load

from .command import Here

PROGRAM = '''
import anthropic


class Client:
    """Tries twice."""

    def __init__(self):
        self.sdk = anthropic.AsyncAnthropic(max_retries=1)

    async def ask(self, prompt, *, max_tokens):
        messages = [{"role": "user", "content": prompt}]
        return await self.sdk.messages.create(model="claude-sonnet-5-5", max_tokens=max_tokens, messages=messages)
'''
COMMAND = """
import json, os, sys, urllib.request

call = json.loads(sys.stdin.readline())
body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}
url = os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages"
urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), {"x-api-key": "none"})).read()
"""
SHORT = """
name: short
workload: {clients: 2, arrivals: {kind: steady, rate: 4/s}, calls: {deadline: 5s, output_tokens: 9}}
server: {latency: {first_token: 20ms, token_gap: 2ms, round_trip: 4ms}}
timeline: [{for: 1s, faults: [{kind: overload, share: 40%}]}, {for: 1s}]
"""
PLAY = ("-s", "short.yaml", "--seeds", "1", "--workers", "1")


@pytest.fixture
def mine(here: Here, monkeypatch: pytest.MonkeyPatch) -> Here:
    """There are `mine.py`, `command.py` and `short.yaml`, too."""
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    for name, text in (("mine.py", PROGRAM), ("command.py", COMMAND), ("short.yaml", SHORT)):
        Path(name).write_text(text, encoding="utf-8")
    return here


def test_a_program_is_played_beside_client_files_in_virtual_time(mine: Here) -> None:
    """It is called what it was named; the command in the report plays the same again."""
    said = mine("compare", *PLAY, "-c", "sdk-defaults", "-c", "mine.py:Client", "-c", "other=mine:Client")
    assert (said.code, said.err) == (0, "")
    run = load(Path("out/run.json"))
    assert run.backend == "virtual"
    assert [(client.name, client.reproduce) for client in run.clients] == [
        ("sdk-defaults", "sdk-defaults"),
        ("mine-client", "mine.py:Client"),
        ("other", "other=mine:Client"),
    ]
    assert run.clients[1].about == "Tries twice."
    again = mine(*shlex.split(run.command)[1:], "--workers", "1")
    assert again.out == said.out
    assert load(Path("out/run.json")).cells == run.cells


@pytest.mark.parametrize("words", [("--resume",), ("--resume", "--workers", "2")], ids=["one", "two"])
def test_what_is_finished_is_not_played_again_unless_the_program_has_changed(
    mine: Here, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file is part of what a result depends on."""
    compare = ("compare", *PLAY, "-c", "mine.py:Client")
    mine(*compare)
    before = load(Path("out/run.json")).cells
    mine(*compare, *words)
    assert load(Path("out/run.json")).cells == before
    Path("mine.py").write_text(PROGRAM.replace("max_retries=1", "max_retries=0"), encoding="utf-8")
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    mine(*compare, *words)
    assert load(Path("out/run.json")).cells != before


def test_one_of_its_calls_is_told(mine: Here) -> None:
    """Request by request, with the faults they met."""
    said = mine("run", *PLAY, "-c", "mine.py:Client", "--explain", "worst")
    assert said.code == 0
    assert said.out.startswith("Call ")
    assert "request 1 met the fault of phase 1: overload" in said.out


def test_a_command_is_played_on_the_wire(mine: Here) -> None:
    """What is not known of it is said, and the report says how to play it again."""
    words = shlex.join([sys.executable, "command.py"])
    said = mine("compare", *PLAY, "-c", "sdk-defaults", "--client-command", f"plain={words}")
    assert (said.code, said.err) == (0, "")
    run = load(Path("out/run.json"))
    assert run.backend == "wire"
    assert [client.name for client in run.clients] == ["sdk-defaults", "plain"]
    assert any(note.startswith("plain: ") and "approximate" in note for note in run.notes)
    assert shlex.split(run.command).count("--client-command") == 1
    assert f"plain={words}" in shlex.split(run.command)


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "no such name": (("-c", "mine.py:Clint"), 'mine.py has no "Clint", did you mean "Client"?'),
    "no such module": (("-c", "nowhere:ask"), 'there is no module "nowhere" here'),
    "a file without a name": (("-c", "mine.py"), 'name what is to be called in it, such as "mine.py:ask"'),
    "a dot for a colon": (("-c", "mine.Client"), 'unknown client "mine.Client"'),
    "and how to write it": (("-c", "mine.Client"), 'code is named as "mine:Client"'),
    "twice the same name": (("-c", "mine.py:Client", "-c", "mine-client=mine:Client"), 'called "mine-client"'),
    "the simulator": (("-c", "mine.py:Client", "--backend", "sim"), "is a program, and needs virtual or wire"),
    "a command in virtual time": (("--client-command", "python3 -c 1", "--backend", "virtual"), "and needs wire"),
    "a scaled clock": (
        ("-c", "mine.py:Client", "--backend", "wire", "--time-scale", "2"),
        "its own clock cannot be scaled",
    ),
    "layers to leave out": (("-c", "mine.py:Client", "--ablate", "mine-client"), "there is nothing in it to leave out"),
    "no such program": (("--client-command", "nowhere-to-be-found"), "there is no such program"),
}


@pytest.mark.parametrize(("words", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_a_usage_error(mine: Here, words: tuple[str, ...], why: str) -> None:
    """Exit code 2, and why; nothing is written."""
    said = mine("compare", *PLAY, *words)
    assert said.code == 2
    assert why in " ".join(said.err.split())
    assert not Path("out").exists()


def test_what_cannot_be_played_ends_the_run(mine: Here) -> None:
    """Exit code 1, and a line."""
    Path("mine.py").write_text("def Client(prompt): return 'cached'\n", encoding="utf-8")
    said = mine("compare", *PLAY, "-c", "mine.py:Client")
    assert said.code == 1
    assert said.err == "Error: mine-client sends no request: its calls return without any\n"

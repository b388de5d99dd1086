"""Nothing of one run is left in another, and one run is like the other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from brownout.harness import cells, workers
from brownout.harness.cells import Job
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.program import Program, is_origin, program
from brownout.harness.scenario import Scenario

SCENARIO = loads(
    """
name: few-calls
workload: {clients: 3, arrivals: {kind: steady, rate: 6/s}, calls: {deadline: 60s, output_tokens: 99}}
server: {latency: {first_token: 20ms, token_gap: 2ms, round_trip: 4ms}}
timeline: [{for: 1s, faults: [{kind: overload, share: 50%}]}]
""",
    Scenario,
)
HEAD = """
import random, time
import anthropic
import beside

ASK = {"model": "claude-sonnet-5-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}
"""
# Each call asks for one token more than the one before; overload is tried again by nobody but who draws.

COUNTS = """
calls = []

def ask(prompt):
    calls.append(1)
    return anthropic.Anthropic(max_retries=0).messages.create(**ASK | {"max_tokens": len(calls)})
"""
COUNTS_EACH = """
class Client:
    def __init__(self):
        self.calls = 0
        self.sdk = anthropic.AsyncAnthropic(max_retries=0)

    async def __call__(self, prompt):
        self.calls += 1
        return await self.sdk.messages.create(**ASK | {"max_tokens": self.calls})
"""
DRAWS = """
def ask(prompt):
    while True:
        try:
            return anthropic.Anthropic(max_retries=0).messages.create(**ASK)
        except anthropic.APIError:
            time.sleep(random.uniform(0.1, 3.0))
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a module that programs import."""
    monkeypatch.chdir(tmp_path)
    for name in ("beside", "mine"):  # of the tests before
        monkeypatch.delitem(sys.modules, name, raising=False)
    (tmp_path / "beside.py").write_text("WHAT = 1\n", encoding="utf-8")
    return tmp_path


def named(here: Path, code: str, name: str = "ask") -> Program:
    """The program of that code."""
    (here / "mine.py").write_text(HEAD + code, encoding="utf-8")
    return program(f"mine.py:{name}")


def play(contestant: Program, seed: int = 1) -> Ledger:
    return Job(SCENARIO, contestant, seed, "virtual", 1.0).play()


def asked(ledger: Ledger) -> list[tuple[int, int]]:
    """The client and the length of each answer that was made, which the program counts up."""
    return [(served.who.client, served.output_tokens) for served in ledger.journal]


def test_all_clients_share_what_a_module_keeps_and_no_run_shares_it_with_another(here: Path) -> None:
    """It counts on through the clients, and begins anew with the run."""
    mine = named(here, COUNTS)
    seen = [asked(play(mine)) for _ in range(2)]
    assert seen[0] == seen[1]
    assert [length for _, length in seen[0]][:3] == [1, 2, 3]


def test_each_client_has_an_instance_of_its_own(here: Path) -> None:
    """Every one of them counts for itself."""
    lengths: dict[int, list[int]] = {}
    for client, length in asked(play(named(here, COUNTS_EACH, "Client"))):
        lengths.setdefault(client, []).append(length)
    assert lengths == {0: [1, 2], 1: [1, 2], 2: [1, 2]}


def test_what_it_draws_depends_on_the_seed_alone(here: Path) -> None:
    """Not on when it is run, nor on what has drawn before."""
    mine = named(here, DRAWS)
    assert play(mine, 1).attempts == play(mine, 1).attempts
    assert play(mine, 1).attempts != play(mine, 2).attempts


@pytest.mark.slow
def test_results_do_not_depend_on_the_number_of_processes(here: Path) -> None:
    """Even one is another than this."""
    todo = cells.jobs([SCENARIO], [named(here, DRAWS)], range(2), "virtual", 1.0)
    one, two = ({job.key: repr(played) for job, played in workers.run(todo, count)} for count in (1, 2))
    assert one == two
    assert len(one) == 2


def test_a_change_of_the_program_makes_another_contestant(here: Path) -> None:
    """Of its file or of one beside it; other files do not count."""
    before = named(here, COUNTS).sha256
    (here / "notes.txt").write_text("nothing", encoding="utf-8")
    (here / ".hidden").mkdir()
    (here / ".hidden/mine.py").write_text("nothing = 1", encoding="utf-8")
    assert named(here, COUNTS).sha256 == before
    (here / "beside.py").write_text("WHAT = 2\n", encoding="utf-8")
    assert named(here, COUNTS).sha256 != before


@pytest.mark.parametrize(
    ("given", "name"),
    {
        "mine.py:ask": "mine-ask",
        "patient=mine.py:ask": "patient",
        "mine:ask": "mine-ask",
    }.items(),
)
def test_how_it_is_called(here: Path, given: str, name: str) -> None:
    """By its own name or a given one."""
    named(here, COUNTS)
    assert is_origin(given)
    assert program(given).name == name


@pytest.mark.parametrize("given", ["guide", "mine.yaml", "./clients/mine.yaml", "mine.yaml:", ":ask", "a:b:c d", ""])
def test_what_is_no_program(given: str) -> None:
    """Files and names of what is shipped."""
    assert not is_origin(given)

"""What the pages show is run: the Python in order, the YAML through the models that check files."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest

import brownout
import brownout.errors
import brownout.faults
from brownout.harness.client import Client
from brownout.harness.drivers.command.process import told
from brownout.harness.files import load
from brownout.harness.policies.call import Ask
from brownout.harness.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]


MY_APP = """
import asyncio

import sample


def answer(prompt):
    return asyncio.run(sample.ask(prompt))
"""
APP = """
import asyncio

import sample
from my_app import answer as ask
from sample import Incomplete, ask as ask_async
from sample.chain import STEPS


def stream(prompt):
    async def read():
        return "".join([piece async for piece in sample.stream(prompt)])

    return asyncio.run(read())


def run_chain(steps):
    assert steps == len(STEPS)
    return asyncio.run(sample.write("Tides"))
"""
"""What the pages call the reader's own: the sample application, as blocking code."""
CHAT = """import anthropic

client = anthropic.Anthropic()


def reply(text):
    answer = client.messages.create(**given(text))
    return answer.content[0].text


def given(text):
    return {"model": "claude-sonnet-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": text}]}
"""
"""The program of the first minute."""


def blocks(page: str, language: str) -> Iterator[str]:
    """The code on a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return (found[1] for found in re.finditer(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def run_page(page: str) -> None:
    """Every example, one after the other, as a reader would type them."""
    names: dict[str, object] = {"__name__": "__main__"}
    for code in blocks(page, "python"):
        exec(compile(code, page, "exec"), names)


@pytest.mark.parametrize("page", ["docs/doctor.md", "README.md"])
def test_what_the_doctor_says_on_a_page_is_what_it_says(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the letter, but for what is left out (`...`)."""
    monkeypatch.chdir(tmp_path)
    if page == "docs/doctor.md":
        for language, name in (("yaml", "mine.yaml"), ("python", "app.py")):
            [text] = blocks(page, language)
            Path(name).write_text(text, encoding="utf-8")
    shown = [text for text in blocks(page, "console") if text.startswith("$ brownout doctor")]
    assert shown
    for text in shown:
        words, _, rest = text.partition("\n")
        command = [sys.executable, "-m", "brownout", *words.split()[2:]]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 99
        pieces = [piece.strip("\n") for piece in re.split(r"^\.\.\.$", rest, flags=re.MULTILINE)]
        assert done.stdout.startswith(pieces[0])
        at = [done.stdout.index(piece) for piece in pieces if piece]
        assert at == sorted(at)


@pytest.mark.slow
def test_the_python_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it keeps is there afterwards."""
    monkeypatch.chdir(tmp_path)
    run_page("docs/python.md")
    assert (tmp_path / "out" / "run.json").exists()


def test_the_page_on_virtual_time_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """And prints what it says."""
    run_page("docs/virtual-time.md")
    told = capsys.readouterr().out
    [shown] = blocks("docs/virtual-time.md", "text")
    assert told.startswith(shown)
    assert told.endswith(" characters\n")


def test_the_page_on_production_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its client file, against a service that has too much to do for one request; its errors are those there
    are."""
    page = "docs/production.md"
    monkeypatch.chdir(tmp_path)
    client, _ = blocks(page, "yaml")
    Path("client.yaml").write_text(client, encoding="utf-8")
    *before, virtual, hooks, otel = blocks(page, "python")
    names: dict[str, object] = {"__name__": "__main__"}
    with brownout.wire() as service:
        service.answers(tokens=12, first_token="20ms", token_gap="2ms")
        for code in (*before, hooks, otel):
            if code is hooks:
                service.next(brownout.faults.overload())
            exec(compile(code, page, "exec"), names)
    exec(compile(virtual, page, "exec"), names)
    told = capsys.readouterr().out
    assert "call 0: retry in" in told
    assert told.endswith("ended after 85 s\n")
    listed = re.findall(r"^\| `(\w+)` \| `", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert {*listed, "LimitExceeded"} == {*brownout.errors.__all__}


@pytest.mark.slow
def test_the_page_on_hypothesis_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weak program is found out and the mended one is not; what is shown is what is printed, and kept."""
    page = "docs/hypothesis.md"
    program, promise, mended, keep, kept, narrow, profile = blocks(page, "python")
    monkeypatch.chdir(tmp_path)
    exec(compile(keep, page, "exec"), {})
    [shown] = blocks(page, "yaml")
    assert Path("cut-off.yaml").read_text(encoding="utf-8") == shown
    Path("conftest.py").write_text(profile, encoding="utf-8")
    Path("test_weak.py").write_text(program + promise, encoding="utf-8")
    Path("test_mended.py").write_text(program + promise + mended + kept + narrow, encoding="utf-8")
    monkeypatch.setenv("CI", "true")
    ends, told = pytest_here()
    assert ends == {
        "test_weak.py::test_an_answer_is_whole": "FAILED",
        "test_mended.py::test_an_answer_is_whole": "PASSED",
        "test_mended.py::test_a_stream_that_is_cut_off": "PASSED",
        "test_mended.py::test_nobody_waits_for_more_than_a_minute": "FAILED",
    }
    for text in blocks(page, "text"):
        assert as_any_version(text) in as_any_version(told)


@pytest.mark.slow
def test_the_tests_in_the_readme_and_on_the_page_on_pytest_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the sample application as the reader's own; the rest of the README's Python too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)  # nothing of this needs one
    shutil.copytree(ROOT / "examples/app/app", "sample")
    Path("my_app.py").write_text(MY_APP, encoding="utf-8")
    Path("app.py").write_text(APP, encoding="utf-8")
    own_test, anywhere_else = blocks("README.md", "python")
    rest = f"\n\ndef test_anywhere_else():\n{indent(anywhere_else, '    ')}"
    Path("test_readme.py").write_text("import brownout, my_app\n" + own_test + rest, encoding="utf-8")
    Path("chat.py").write_text(CHAT, encoding="utf-8")
    first, more = blocks("docs/pytest.md", "python")
    Path("test_first.py").write_text(first, encoding="utf-8")
    Path("test_page.py").write_text(more, encoding="utf-8")
    ends, told = pytest_here()
    assert list(ends.values()) == ["PASSED"] * 7, told


STREAMS = """
name: streams
workload: {clients: 2, arrivals: {kind: steady, rate: 2/s}, calls: {deadline: 20s, output_tokens: {median: 9, p95: 20}}}
timeline: [{for: 2s, faults: [{kind: overload, share: 50%}]}, {for: 3s}]
"""


def test_the_program_on_the_page_on_contestants_is_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the page names it, beside the SDK as it comes; every call leads to a request or more."""
    monkeypatch.chdir(tmp_path)
    [program] = blocks("docs/contestants.md", "python")
    Path("app").mkdir()
    Path("app/other.py").write_text(program, encoding="utf-8")
    Path("streams.yaml").write_text(STREAMS, encoding="utf-8")
    results = brownout.compare(["streams.yaml"], ["sdk-defaults", "patient=app/other.py:Client"], seeds=1)
    assert results.file.backend == "virtual"
    assert {cell.client: cell.calls <= cell.attempts for cell in results.file.cells} == {
        "sdk-defaults": True,
        "patient": True,
    }


def test_the_line_on_the_page_on_contestants_is_what_a_command_is_told() -> None:
    """All that it shows, and nothing else."""
    [line] = blocks("docs/contestants.md", "json")
    ask = Ask(client=3, call=7, intended=0.0, deadline=60.0, stream=True, input_tokens=1, max_tokens=1024)
    assert json.loads(line) == json.loads(told(ask, 60.0))


@pytest.mark.parametrize("text", list(blocks("docs/workloads.md", "yaml")), ids=lambda text: text.split("\n", 2)[1])
def test_the_workloads_on_the_page_are_played(text: str, tmp_path: Path) -> None:
    """Each calls at all, at a service that has time for everybody."""
    rows = "".join(f"{1000 * i},10,{1 + i % 50}\n" for i in range(3600))
    (tmp_path / "calls.csv").write_text(f"time,prompt,answer\n{rows}", encoding="utf-8")
    (tmp_path / "shown.yaml").write_text(f"name: shown\n{text}timeline: [{{for: 3m}}]\n", encoding="utf-8")
    results = brownout.compare([tmp_path / "shown.yaml"], ["no-retry"], seeds=1)
    [cell] = results.file.cells
    assert cell.calls > 50
    if "file: calls.csv" in text:  # an hour from the tenth minute on has 3,000 s, of which every second one is left
        assert cell.calls == 1500


def test_the_incident_on_the_page_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the command says, into a file that loads."""
    monkeypatch.chdir(tmp_path)
    [shown] = blocks("docs/workloads.md", "console")
    words, _, rest = shown.partition("\n")
    done = subprocess.run([sys.executable, "-m", "brownout", *words.split()[2:]], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, rest)
    drawn = load("drawn.yaml", Scenario)
    assert drawn.name == "overload-and-recovery-outages-7"
    assert drawn.horizon == pytest.approx(6 * 3600, abs=61)  # which ends calm, for a minute at the least


def test_the_page_on_fleets_shows_what_is_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files by the names that the command has, and of what that says the table, to the letter."""
    page = "docs/fleets.md"
    monkeypatch.chdir(tmp_path)
    for text in blocks(page, "yaml"):
        name = text.split("\n", 1)[0].removeprefix("name: ")
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    [shown] = blocks(page, "console")
    words, *rest = shown.splitlines()
    done = subprocess.run(
        [sys.executable, "-m", "brownout", *words.split()[2:], "--workers", "2"], capture_output=True, text=True
    )
    assert "\n".join(line for line in rest if line != "...") in done.stdout


def test_the_page_on_fleets_says_who_is_of_which_member(capsys: pytest.CaptureFixture[str]) -> None:
    """As the rule has it."""
    run_page("docs/fleets.md")
    [shown] = blocks("docs/fleets.md", "text")
    assert capsys.readouterr().out == shown


def pytest_here() -> tuple[dict[str, str], str]:
    """What became of each test in the current folder, and all that was printed."""
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider"]
    told = subprocess.run(command, capture_output=True, text=True).stdout
    return {name: end for end, name in re.findall(r"^(PASSED|FAILED|ERROR) (\S+)", told, re.MULTILINE)}, told


def as_any_version(told: str) -> str:
    """Hypothesis has had two ways to begin."""
    return told.replace("Falsifying example:", "Failing test case:")


@pytest.mark.parametrize("text", list(blocks("README.md", "yaml")), ids=lambda text: text.split("\n", 1)[0])
def test_the_files_in_the_readme_load(text: str, tmp_path: Path) -> None:
    """A scenario or a client; one that extends another finds it beside itself."""
    (tmp_path / "mine.yaml").write_text("name: base\nlayers: [{content_gap: {limit: 20s}}, sdk]\n", encoding="utf-8")
    shown = tmp_path / "shown.yaml"
    shown.write_text(text, encoding="utf-8")
    assert load(shown, Scenario if "timeline:" in text else Client).name

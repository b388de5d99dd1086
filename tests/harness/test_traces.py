"""Traces: what a table says is what is called, in every backend; a broken one is a sentence."""

from __future__ import annotations

import json
import pickle
import sys
from array import array
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.harness.cells import Job, backends_of
from brownout.harness.client import Client
from brownout.harness.files import FileError, load, loads
from brownout.harness.sampling import sampled
from brownout.harness.scenario import Scenario
from brownout.harness.sources import fingerprint
from brownout.harness.workload.traces import Columns, Rows, TraceError, read, reading, tables
from brownout.harness.workload.traces.replay import replay

from .test_workload import arrivals

ROWS = [(0.0, 100, 7), (0.5, 200, 1), (2.0, 50, 12), (2.0, 60, 3), (9.0, 10, 20)]
"""Seconds, and tokens asked and answered."""
COLUMNS = Columns(at="at", input_tokens="in", output_tokens="out")
SCENARIO = """\
name: again
workload:
  clients: 2
  arrivals: {kind: trace, file: FILE}
  calls: {deadline: 20s}
server: {latency: {first_token: 100ms, token_gap: 10ms}}
timeline: [{for: 20s}]
"""
OURS = "calls.csv, columns: {at: at, input_tokens: in, output_tokens: out}"
CLIENT = "name: plain\nlayers: [sdk]\n"


def csv(path: Path, rows: Any = ROWS, head: str = "at,in,out") -> Path:
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return path


def scenario(folder: Path, of: str = OURS) -> Scenario:
    (folder / "again.yaml").write_text(SCENARIO.replace("FILE", of), encoding="utf-8")
    return load(folder / "again.yaml", Scenario)


def made(of: Scenario) -> list[tuple[float, int, int]]:
    """Every call in the order of time: when, tokens asked, and tokens that the service answers."""
    work, service = of.calls(1), Endpoint(of.service(), 1)
    found = []
    for client in range(work.clients):
        for call, at in enumerate(arrivals(work, client)):  # type: ignore[arg-type]
            asked = work.ask(client, call, at)
            found.append((at, asked.input_tokens, service.output_tokens(Identity(client, call))))
    return sorted(found)


def azure(folder: Path) -> str:
    rows = [(f"2023-11-16 18:15:{46 + at:010.7f}", asked, answered) for at, asked, answered in ROWS]
    csv(folder / "t.csv", rows, "TIMESTAMP,ContextTokens,GeneratedTokens")
    return "t.csv, format: azure-llm"


def azure_of_another_year(folder: Path) -> str:
    rows = [(f"2024-05-10 00:00:{at:09.6f}+00:00", asked, answered) for at, asked, answered in ROWS]
    csv(folder / "t.csv", rows, "TIMESTAMP,ContextTokens,GeneratedTokens")
    return "t.csv, format: azure-llm"


def mooncake(folder: Path) -> str:
    names = ("timestamp", "input_length", "output_length")
    lines = [json.dumps(dict(zip(names, (int(at * 1000), *counts), strict=True))) for at, *counts in ROWS]
    (folder / "t.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return "t.jsonl, format: mooncake"


def burstgpt(folder: Path) -> str:
    rows = [(at + 5, "GPT-4", asked, answered) for at, asked, answered in ROWS]
    failed = (6.5, "ChatGPT", 70, 0)
    csv(folder / "t.csv", [*rows[:2], failed, *rows[2:]], "Timestamp,Model,Request tokens,Response tokens")
    return "t.csv, format: burstgpt"


def parquet(folder: Path) -> str:
    arrow, writer = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    named = dict(zip(("at", "in", "out"), map(list, zip(*ROWS, strict=True)), strict=True))
    writer.write_table(arrow.table(named), folder / "t.parquet")
    return OURS.replace("calls.csv", "t.parquet")


@pytest.mark.parametrize("write", [azure, azure_of_another_year, mooncake, burstgpt, parquet])
def test_each_format_is_the_same_calls(write: Callable[[Path], str], tmp_path: Path) -> None:
    """When, how long the prompt is, and how long the answer."""
    found = made(scenario(tmp_path, write(tmp_path)))
    assert [call[1:] for call in found] == [row[1:] for row in ROWS]
    assert [call[0] for call in found] == pytest.approx([row[0] for row in ROWS], abs=1e-5)


def test_rows_may_be_in_any_order(tmp_path: Path) -> None:
    """They are played in that of time."""
    csv(tmp_path / "calls.csv", ROWS[::-1])
    assert [call[0] for call in made(scenario(tmp_path))] == [row[0] for row in ROWS]


def test_clients_take_the_calls_in_turn(tmp_path: Path) -> None:
    """The first is that of client 0."""
    csv(tmp_path / "calls.csv")
    work: Any = scenario(tmp_path).calls(1)
    assert [arrivals(work, client) for client in (0, 1)] == [[0.0, 2.0, 9.0], [0.5, 2.0]]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("speed: x2", [0.0, 0.25, 1.0, 1.0, 4.5]),
        ("from: 500ms", [0.0, 1.5, 1.5, 8.5]),
        ("from: 500ms, for: 2s", [0.0, 1.5, 1.5]),
        ("from: 500ms, for: 2s, speed: x0.5", [0.0, 3.0, 3.0]),
        ("rate: x2", [0.0, 0.25, 0.5, 1.25, 2.0, 2.0, 2.0, 5.5, 9.0, 9.0]),
        ("rate: x0.4", [2.0, 9.0]),
    ],
)
def test_a_stretch_of_it_may_be_faster_and_more(more: str, expected: list[float], tmp_path: Path) -> None:
    """A trace's own seconds count for the stretch, the scenario's for what is called."""
    csv(tmp_path / "calls.csv")
    assert [call[0] for call in made(scenario(tmp_path, f"{OURS}, {more}"))] == pytest.approx(expected)


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=200).map(sorted), st.floats(0.01, 20.0), st.floats(0.01, 1e4))
def test_so_many_times_as_many_calls_at_so_many_times_the_speed(at: list[float], rate: float, speed: float) -> None:
    """To within one call, in order, none outside the trace."""
    counts = array("q", range(len(at)))
    found = replay(Rows(array("d", at), counts, counts, ""), rate, speed)
    assert abs(len(found.at) - len(at) * rate) <= 1.0
    assert list(found.at) == sorted(found.at)
    assert all(at[0] / speed <= each <= at[-1] / speed * (1 + 1e-12) for each in found.at)
    assert found.input_tokens == found.output_tokens
    assert list(found.input_tokens or ()) == sorted(found.input_tokens or ())


@pytest.mark.parametrize("backend", backends_of(loads(CLIENT, Client)))
def test_every_backend_plays_it(backend: Any, tmp_path: Path) -> None:
    """The same calls, answered with as many tokens; another attempt would be as long."""
    csv(tmp_path / "calls.csv")
    of = scenario(tmp_path)
    job = Job(of, loads(CLIENT, Client), 1, backend, 20.0 if backend == "wire" else 1.0)
    ledger = pickle.loads(pickle.dumps(job)).play()  # as a worker process gets it
    answered = {served.who[:2]: served.output_tokens for served in ledger.journal}
    assert sorted((c.intended, c.input_tokens, answered[c[:2]]) for c in ledger.calls) == ROWS
    service = Endpoint(of.service(), 1)
    assert service.output_tokens(Identity(1, 1, 3, 1)) == service.output_tokens(Identity(1, 1)) == 3


def test_without_lengths_calls_are_as_long_as_their_kind_says(tmp_path: Path) -> None:
    """Only the times are the trace's."""
    csv(tmp_path / "calls.csv")
    assert {call[1:] for call in made(scenario(tmp_path, "calls.csv, columns: {at: at}"))} == {(1000, 300)}


def test_what_is_known_of_lengths_is_known_to_whoever_asks_for_kinds(tmp_path: Path) -> None:
    """As the doctor does."""
    csv(tmp_path / "calls.csv")
    [kind] = scenario(tmp_path).workload.kinds
    assert [kind.output_tokens.at(u) for u in (0.001, 0.5, 0.999)] == pytest.approx([1, 7, 20], abs=1)


def test_a_scenario_is_another_one_when_its_trace_is(tmp_path: Path) -> None:
    """To results, too, which are not played again where nothing has changed."""
    csv(tmp_path / "calls.csv")
    before, again = scenario(tmp_path), scenario(tmp_path)
    assert before == again
    assert fingerprint(before) == fingerprint(again)
    csv(tmp_path / "calls.csv", ROWS[:-1])
    assert fingerprint(scenario(tmp_path)) != fingerprint(before)
    pinned = f"{OURS}, sha256: {before.model_dump()['workload']['arrivals']['sha256']}"
    with pytest.raises(FileError, match=r"again.yaml:4:\d+: the file is another one: its SHA-256 is"):
        scenario(tmp_path, pinned)


def test_a_sample_has_a_share_of_the_calls(tmp_path: Path) -> None:
    """Of half of the clients."""
    csv(tmp_path / "calls.csv", [(i, 1, 1) for i in range(20)])
    assert len(made(sampled(scenario(tmp_path), 0.5))) == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'expected a column "at", and there is none'),
        ("at,in,out\n", "there is no call in it"),
        ("when,in,out\n1,2,3\n", 'expected a column "at", and there is when, in, out'),
        ("at,in,out\n1,2,3\n2,x,3\n", 'row 2: in: expected a count of tokens, got "x"'),
        ("at,in,out\n1,2,3\n2,5\n", "row 2: out: expected a count of tokens, got nothing"),
        ("at,in,out\n1,2,-3\n", 'row 1: out: expected a count of tokens, got "-3"'),
        ("at,in,out\n1,2.5,3\n", 'row 1: in: expected a count of tokens, got "2.5"'),
        ("at,in,out\n1,2,1e300\n", 'row 1: out: expected a count of tokens, got "1e300"'),
        ("at,in,out\nnoon,2,3\n", 'row 1: at: expected a number, or a date with time, got "noon"'),
        ("at,in,out\nnan,2,3\n", 'row 1: at: expected a number, or a date with time, got "nan"'),
        ("at,in,out\n1e30,2,3\n", 'row 1: at: expected a number, or a date with time, got "1e30"'),
        ('at,in,out\n"1,2,3\n' + "x" * 200_000, "row 1: field larger than field limit"),
        ("at,in,out\n\x1b[31m,2,3\n", r'row 1: at: expected a number, or a date with time, got "\x1b[31m"'),
    ],
)
def test_a_broken_table_is_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    """At the place of its name in the scenario, with row and column of the table."""
    (tmp_path / "calls.csv").write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        scenario(tmp_path)
    [problem] = caught.value.problems
    assert (problem.line, problem.column) == (4, 33)
    assert str(problem).partition("calls.csv: ")[2].startswith(said)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("calls.jsonl", b'{"at": 1', "row 1: not JSON"),
        ("calls.jsonl", b'{"at": 1, "in": 2, "out": 3}\n[1]', "row 2: expected an object"),
        ("calls.jsonl", b'{"at": 1, "in": 2}', 'expected a column "out"'),
        ("calls.jsonl", b'{"at": 1, "in": true, "out": 3}', 'row 1: in: expected a count of tokens, got "True"'),
        ("calls.jsonl", b'{"at": {}, "in": 1, "out": 3}', "row 1: at: expected a number"),
        ("calls.jsonl", b"[" * (2 << 20), "row 1: longer than 1 MiB"),
        ("calls.csv", b"at,in,out\n\xff,1,2\n", "row 1 or after: not UTF-8"),
        ("calls.parquet", b"PAR1", "is no Parquet"),
        ("calls.txt", b"at,in,out\n1,2,3\n", "expected a file that ends in .csv"),
        ("calls.csv", b"at,in,out\n0,1,1\n9,1,1\n", "there is no call in that stretch of it: it lasts 9 s"),
    ],
)
def test_a_broken_file_is_one_sentence(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    """Of whatever format."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TraceError) as caught:
        read(tmp_path / name, COLUMNS, 3.0, 1.0)
    assert f"{name}: {said}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    """A folder, a device without an end, a name that none can have."""
    for path, said in ((tmp_path, "no regular file"), (tmp_path / "none.csv", "no such file"), (Path("\0"), "a name")):
        with pytest.raises(TraceError, match=said.replace("a name", "not a file's name|no such file")):
            read(path, COLUMNS)
    if sys.platform != "win32":
        with pytest.raises(TraceError, match="no regular file"):
            read(Path("/dev/zero"), COLUMNS)


def test_there_are_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of bytes, rows, and of calls that are made of them."""
    csv(tmp_path / "calls.csv")
    monkeypatch.setattr(reading, "MOST_ROWS", 4)
    with pytest.raises(TraceError, match="more than 4 rows; cut it"):
        read(tmp_path / "calls.csv", COLUMNS)
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    with pytest.raises(TraceError, match="larger than 0 MiB; cut it"):
        read(tmp_path / "calls.csv", COLUMNS)
    monkeypatch.undo()
    with pytest.raises(FileError, match="more than 10,000,000 calls"):
        scenario(tmp_path, f"{OURS}, rate: x9000000")


@pytest.mark.parametrize("more", ["calls.csv", "calls.csv, format: mooncake, columns: {at: at}"])
def test_columns_are_said_once(more: str, tmp_path: Path) -> None:
    """Or by the name of a published trace."""
    csv(tmp_path / "calls.csv")
    with pytest.raises(FileError, match="expected either columns or format"):
        scenario(tmp_path, more)


def test_a_scenario_in_no_file_reads_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends a scenario to a server may not have it read the server's files; Python code may name its own."""
    csv(tmp_path / "calls.csv")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError, match="this scenario is in none"):
        loads(SCENARIO.replace("FILE", OURS), Scenario)
    whole = scenario(tmp_path).model_dump(mode="json", by_alias=True)
    assert made(Scenario.model_validate(whole)) == ROWS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("ending", tables.ENDINGS)
@given(data=st.binary(max_size=300) | st.text('0123456789,.-e"{}[]:\n aint', max_size=300).map(str.encode))
def test_whatever_is_in_a_file_it_is_calls_or_a_sentence(ending: str, data: bytes, tmp_path: Path) -> None:
    """Never anything else."""
    path = tmp_path / f"t{ending}"
    head = b"at,in,out\n" if ending == ".csv" else b""
    path.write_bytes(head + data)
    with suppress(TraceError):
        found = read(path, COLUMNS)
        assert len(found.at) == len(found.input_tokens or ()) > 0

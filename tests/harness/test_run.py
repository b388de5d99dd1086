"""A run as a function: the same files give the same figures, and a scenario that means nothing is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from brownout.harness import run as running
from brownout.harness.cells import Job
from brownout.harness.cells import play as play_cell
from brownout.harness.metrics import FAMILIES
from brownout.harness.plan import Plan
from brownout.harness.results import RunFile
from brownout.harness.scoring import Unplayable
from brownout.harness.sources import client, fingerprint, scenario
from brownout.harness.store import FILE_NAME, Played, Store

from . import tiny
from .scoring.made import cell, played


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return tiny.plan(tmp_path)


def play(plan: Plan, progress: Callable[[int], None] = lambda done: None) -> RunFile:
    return running.run(plan, progress=progress).file


def without_time(run: RunFile, folder: Path) -> list[str]:
    """The lines of its `run.json` but the one that says when it was made."""
    run.save(folder / "run.json")
    lines = (folder / "run.json").read_text(encoding="utf-8").splitlines()
    assert sum('"created"' in line for line in lines) == 1
    return [line for line in lines if '"created"' not in line]


def test_the_same_seeds_give_the_same_file(plan: Plan, tmp_path: Path) -> None:
    """Byte for byte, but for the time of day."""
    first = without_time(play(plan), tmp_path)
    assert without_time(play(plan), tmp_path) == first


def test_other_seeds_give_other_figures(plan: Plan) -> None:
    """Each seed is a run of its own."""
    first, second = play(plan), play(replace(plan, seeds=range(4, 7)))
    assert first.cells != second.cells
    assert len({cell.model_dump_json(exclude={"seed", "key"}) for cell in first.cells if cell.scenario == "storm"}) == 6


def test_a_client_fares_the_same_in_any_company(plan: Plan) -> None:
    """Its cells do not depend on which other clients and scenarios are compared."""
    together = [cell for cell in play(plan).cells if (cell.scenario, cell.client) == ("storm", "hasty")]
    alone = play(replace(plan, scenarios=plan.scenarios[:1], clients=plan.clients[1:])).cells
    assert alone == together


def test_a_comparison_says_what_was_run_and_how(plan: Plan, tmp_path: Path) -> None:
    """Names, abouts, hashes of the files, the words that name them again, versions, seeds, the command."""
    run = play(plan)
    assert [(subject.name, subject.sha256, subject.reproduce) for subject in (*run.scenarios, *run.clients)] == [
        (source.value.name, fingerprint(source.value), str(tmp_path / f"{source.value.name}.yaml"))
        for source in (*plan.scenarios, *plan.clients)
    ]
    assert run.clients[0].about == "Waits."
    assert (run.backend, run.time_scale, run.sample, run.seeds) == ("sim", 1.0, 1.0, [1, 2, 3])
    assert run.command == "brownout compare"
    assert {"python", "platform", "anthropic", "simpy", "pydantic"} <= run.environment.keys()
    assert run.notes == ["3 seeds cannot tell 2 clients apart, whatever they show: 6 can."]
    assert run.verdict.startswith(
        "3 seeds cannot decide between 2 clients: at least 6 are needed. First so far over 2 scenarios is patient: "
    )


def test_progress_counts_cells(plan: Plan) -> None:
    """From none to all of them, each once."""
    seen: list[int] = []
    play(plan, seen.append)
    assert seen == list(range(plan.size + 1))
    assert plan.size == 12


def edited(plan: Plan, tmp_path: Path, before: str, after: str, clients: Sequence[str] = ()) -> Plan:
    """The plan with one thing changed in its first scenario, which is then the only one."""
    assert before in tiny.STORM
    path = tmp_path / "edited.yaml"
    path.write_text(tiny.STORM.replace(before, after), encoding="utf-8")
    found = [client(name) for name in clients]
    return replace(plan, scenarios=[scenario(str(path))], clients=found or plan.clients, seeds=[1])


def test_a_fault_that_cannot_fire_is_an_error(plan: Plan, tmp_path: Path) -> None:
    """It is for an attempt that nobody makes; the fault is named, with its phase."""
    hopeless = edited(plan, tmp_path, "- {kind: stall, share: 20%}", "- {kind: stall, where: {attempts: [99]}}")
    with pytest.raises(Unplayable) as caught:
        play(hopeless)
    assert str(caught.value) == (
        "storm: the fault of phase 2: stall #2 fired for no client and no seed: it tests nothing"
    )


def test_a_fault_that_one_client_never_meets_is_a_note(plan: Plan, tmp_path: Path) -> None:
    """A breaker that opened at once keeps the others' faults away."""
    (tmp_path / "shut.yaml").write_text(
        "name: shut\nlayers: [breaker: {failures: 1, open_for: 1000s}, sdk: {max_retries: 0}]\n", encoding="utf-8"
    )
    given = (str(tmp_path / "shut.yaml"), str(tmp_path / "patient.yaml"))
    faults = "faults:\n      - {kind: rate_limit, share: 50%, retry_after: 30s}\n      - {kind: stall, share: 20%}"
    late = "faults: [kind: rate_limit]\n  - {for: 1s}\n  - for: 1s\n    faults: [kind: reset]"
    run = play(edited(plan, tmp_path, faults, late, given))
    assert run.notes[0] == "storm: the fault of phase 4: reset never fired for shut"


def test_a_scenario_without_calls_is_an_error(plan: Plan, tmp_path: Path) -> None:
    """A rate too low for its time makes no call under some seed; that is no perfect score."""
    with pytest.raises(Unplayable, match=r"^storm: seed 1 made no call; it needs more time or a higher rate$"):
        play(edited(plan, tmp_path, "rate: 2/s", "rate: 1/d"))


def late_by(*seconds: float) -> list[Played]:
    return [played(cell("a", i, lateness=late)) for i, late in enumerate(seconds)]


def test_the_wire_says_what_it_could_not_scale() -> None:
    """Notes on its clock: how late the fake was in real time and in the scenario's, and what has no scale."""
    plan = Plan([], [], [1, 2], backend="wire", scale=20.0)
    late, scaled = running._on_the_wire(plan, late_by(0.1, 0.3))
    assert late == (
        "Real sockets, 2 seed(s): in 19 requests of 20 the fake was late by at most "
        "15 ms of real time (0.30 s of the scenario)."
    )
    assert scaled.startswith("Every duration was divided by 20, the SDK's back-off too.")
    assert len(running._on_the_wire(replace(plan, scale=1.0), late_by(0.1))) == 1
    assert running._on_the_wire(replace(plan, backend="sim"), late_by(0.0)) == []


def test_the_file_is_readable_by_others(plan: Plan, tmp_path: Path) -> None:
    """Plain JSON, UTF-8, one value a line, ending with a newline."""
    play(plan).save(tmp_path / "run.json")
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert json.loads(text)["verdict"] in text


def test_calls_that_the_sdk_would_not_send(plan: Plan, tmp_path: Path) -> None:
    """A long answer without streaming, under the SDK's own timeouts, is refused by the SDK itself: nothing to play."""
    with pytest.raises(Unplayable, match=r"^storm with patient: the SDK refuses a call without streaming"):
        play(edited(plan, tmp_path, "stream: 50%", "stream: 50%, max_tokens: 64k"))


def test_a_run_goes_on_from_what_is_kept(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is missing is played, and the file is the same to the byte, the time it was begun included."""
    with Store(tmp_path / FILE_NAME, is_new=True) as store:
        whole = running.run(plan, store)
    for seeds, missing in ((3, 0), (4, 4)):
        asked: list[int] = []

        def counted(job: Job, asked: list[int] = asked) -> Played:
            asked.append(job.seed)
            return play_cell(job)

        monkeypatch.setattr("brownout.harness.workers.running.play", counted)
        with Store(tmp_path / FILE_NAME, is_new=False) as store:
            again = running.run(replace(plan, seeds=range(1, seeds + 1)), store)
        assert asked == [4] * missing
        assert again.file.created == whole.file.created
        if not missing:
            assert again.file == whole.file


def test_what_has_changed_is_played_again(plan: Plan, tmp_path: Path) -> None:
    """Cells of another client are of no use to this one, even of the same name."""
    with Store(tmp_path / FILE_NAME, is_new=True) as store:
        running.run(plan, store)
        (tmp_path / "hasty.yaml").write_text(tiny.HASTY.replace("1100ms", "2s"), encoding="utf-8")
        changed = replace(plan, clients=tiny.clients(tmp_path))
        found = running.run(changed, store).file
    assert found.cells == play(changed).cells


def test_objectives_are_judged_on_the_way(plan: Plan, tmp_path: Path) -> None:
    """Each for each client, and the verdict is about them if that is what was asked."""
    tiny.objectives(tmp_path, tiny.MISSED)
    judged = play(replace(plan, scenarios=tiny.scenarios(tmp_path), kind="objectives"))
    assert [(each.client, each.metric, each.is_met) for each in judged.objectives] == [
        (name, metric, is_met)
        for name in ("patient", "hasty")
        for metric, is_met in (("goodput", False), ("p95(latency)", False), ("time_to_recover", None))
    ]
    assert judged.verdict.startswith("FAIL p95(latency) never, asked <= 60s (storm, patient); 4 of 4 objectives missed")


@pytest.mark.parametrize("is_lean", [False, True])
@pytest.mark.parametrize("of", FAMILIES)
def test_any_quantile_can_be_asked_for(plan: Plan, tmp_path: Path, of: str, is_lean: bool) -> None:
    """Over several runs it is that of all their calls, from tables or histograms."""
    tiny.objectives(tmp_path, f"objectives: [p75({of}) <= 60s]\n")
    judged = play(replace(plan, scenarios=tiny.scenarios(tmp_path)[:1], kind="objectives", is_lean=is_lean))
    assert [each.value is not None for each in judged.objectives] == [True, True]


def test_an_ablation_plays_each_layer_left_out(plan: Plan) -> None:
    """Its variants are clients of the run, but not of the ranking; no other client's figures change."""
    run, plain = play(replace(plan, ablate="patient")), play(plan)
    made = [subject for subject in run.clients if subject.ablates]
    assert [subject.left_out for subject in made] == ["deadline", "retry", "content_gap"]
    assert {layer.left_out for layer in run.layers} == {"deadline", "retry", "content_gap"}
    assert (run.standings, run.rows, run.pairs) == (plain.standings, plain.rows, plain.pairs)
    assert [cell for cell in run.cells if cell.client in ("patient", "hasty")] == plain.cells


def test_a_layer_without_which_the_sdk_refuses_is_a_note(plan: Plan, tmp_path: Path) -> None:
    """Its timeouts are what lets a client send long calls without streaming: the other layers are played."""
    (tmp_path / "timed.yaml").write_text("timeouts: {read: 60s}\n" + tiny.PATIENT, encoding="utf-8")
    long = edited(plan, tmp_path, "stream: 50%", "stream: 50%, max_tokens: 64k", [str(tmp_path / "timed.yaml")])
    run = play(replace(long, ablate="patient"))
    assert {layer.left_out for layer in run.layers} == {"deadline", "retry", "content_gap"}
    assert run.notes[-1].startswith("patient without its timeouts was not played: under its default timeouts the SDK")


def test_two_runs_at_once_are_alike_in_any_number_of_processes(plan: Plan, tmp_path: Path) -> None:
    """Workers change nothing."""
    assert without_time(play(replace(plan, workers=2)), tmp_path) == without_time(play(plan), tmp_path)


def test_closed_arrivals_are_not_compared_in_silence(plan: Plan, tmp_path: Path) -> None:
    """Whoever waits longer calls less often then, and the reader is told; a single client is compared with nobody."""
    closed = replace(edited(plan, tmp_path, "{kind: poisson, rate: 2/s}", "{kind: closed, think: 300ms}"), seeds=[1, 2])
    assert any("arrivals are closed" in note for note in play(closed).notes)
    alone = replace(closed, clients=plan.clients[:1])
    assert not any("arrivals are closed" in note for note in play(alone).notes)
    assert not any("arrivals are closed" in note for note in play(plan).notes)


def test_a_sample_without_the_clients_of_a_fault_is_refused(plan: Plan, tmp_path: Path) -> None:
    """The whole scenario has client 3; a quarter of it has not, and would test nothing."""
    fault = edited(plan, tmp_path, "- {kind: stall, share: 20%}", "- {kind: stall, where: {clients: [3]}}")
    assert play(fault).rows[0].faults["phase 2: stall #2"].fired
    with pytest.raises(
        Unplayable, match=r"^storm: phase 2: stall cannot fire in this sample: there are clients 0 to 0"
    ):
        play(replace(fault, sample=0.25))


def test_what_is_about_goes_to_terminals(plan: Plan, tmp_path: Path) -> None:
    """A file from a stranger may hold what moves a cursor or turns text around: none of it is kept."""
    hostile = edited(plan, tmp_path, "about: Half", 'about: "a\\e[31mb\\u202Ec\\ad"\n# Half')
    assert play(hostile).scenarios[0].about == "a [31mb c d"


def test_other_code_makes_other_cells(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout changes under one version number; what it made before is not taken for its own."""
    before = [job.key for job in plan.jobs()]
    assert [job.key for job in plan.jobs()] == before
    monkeypatch.setattr("brownout.harness.cells.code", lambda: "changed")
    assert not {job.key for job in plan.jobs()} & set(before)

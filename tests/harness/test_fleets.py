"""Fleets: clients of several configurations in one run, and how each part of them fares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import brownout
from brownout.harness import cells
from brownout.harness.coherent import problem
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.equality import first_difference
from brownout.harness.explaining import find, title
from brownout.harness.files import load
from brownout.harness.fleet import Fleet, client_of
from brownout.harness.plan import Plan
from brownout.harness.program import Contestant
from brownout.harness.results import Row, RunFile
from brownout.harness.run import run
from brownout.harness.scoring import Unplayable
from brownout.harness.sources import Source, configuration, fingerprint, scenario
from brownout.harness.stability.study import study

from . import tiny

MIXED = "name: mixed\nfleet:\n  - {client: patient.yaml, share: 75%}\n  - {client: hasty.yaml, share: 25%}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tiny files, and a fleet of both clients."""
    tiny.write(tmp_path)
    (tmp_path / "mixed.yaml").write_text(MIXED, encoding="utf-8")
    return tmp_path


def played(folder: Path, *names: str, **changes: object) -> RunFile:
    clients: list[Source[Contestant]] = [configuration(str(folder / f"{name}.yaml")) for name in names]
    plan = Plan(tiny.scenarios(folder), clients, range(1, 4), **changes)  # type: ignore[arg-type]
    plan.check()
    return run(plan).file


def rows(file: RunFile, client: str) -> list[Row]:
    return [row for row in file.rows if row.client == client]


def test_each_client_plays_its_own_configuration(folder: Path) -> None:
    """What is done for an impatient client is done for it alone: only its calls end at the limit that it has."""
    fleet = load(folder / "mixed.yaml", Fleet)
    storm = load(folder / "storm.yaml", brownout.Scenario)
    ledger = simulate(storm, fleet, 1)
    places = fleet.places(storm.workload.clients)
    assert places == (0, 0, 1, 0)
    hurried = {call.client for call in ledger.calls if call.outcome == "deadline"}
    assert hurried == {2}
    assert {record.client for record in ledger.breaker} == {2}
    assert client_of(fleet, 4)(2).name == "hasty"


def test_a_fleet_of_one_is_that_client(folder: Path) -> None:
    """To the last record."""
    (folder / "one.yaml").write_text("name: one\nfleet: [{client: hasty.yaml, share: 100%}]\n", encoding="utf-8")
    storm = load(folder / "storm.yaml", brownout.Scenario)
    alone = load(folder / "hasty.yaml", brownout.Client)
    assert first_difference(simulate(storm, load(folder / "one.yaml", Fleet), 1), simulate(storm, alone, 1)) is None


def test_the_members_are_the_parts_of_the_whole(folder: Path) -> None:
    """Their figures, weighted by their calls, come to those of the fleet; and an interval is over seeds."""
    found = brownout.compare([folder / "storm.yaml"], [folder / "mixed.yaml"], seeds=3)
    [row] = found.file.rows
    assert [(member.name, member.clients) for member in row.members] == [("patient", 3), ("hasty", 1)]
    calls = found.calls()
    for i, member in enumerate(row.members):
        its = calls[np.isin(calls.client_number, [n for n, at in enumerate((0, 0, 1, 0)) if at == i])]
        by_seed = its.groupby("seed")
        assert member.metrics["goodput"].value == pytest.approx(by_seed.good.mean().mean())
        assert member.metrics["amplification"].value == pytest.approx(by_seed.attempts.mean().mean())
        median = its.latency.sort_values().iloc[-(-len(its) // 2) - 1]  # the least that half of them do not exceed
        assert member.metrics["p50(latency)"].value == pytest.approx(median)
        assert member.metrics["goodput"].low is not None
    patient, hasty = (member.metrics["goodput"].value for member in row.members)
    assert hasty < row.metrics["goodput"].value < patient


def test_what_a_member_gains_is_that_of_its_own_clients(folder: Path) -> None:
    """Over the same clients where all are alike, seed by seed; of who was not played alone nothing is known."""
    found = brownout.compare([folder / "storm.yaml"], [folder / "mixed.yaml", folder / "patient.yaml"], seeds=3)
    patient, hasty = next(row for row in found.file.rows if row.client == "mixed").members
    calls = found.calls()
    good = calls[calls.client_number != 2].groupby(["client", "seed"]).good.mean()
    assert patient.gained is not None
    assert patient.gained.value == pytest.approx((good["mixed"] - good["patient"]).mean())
    assert hasty.gained is None


def test_a_fleet_is_compared_with_its_members(folder: Path) -> None:
    """As one contestant among others, in every scenario; who is no fleet has no members."""
    file = played(folder, "mixed", "patient", "hasty")
    assert {standing.client for standing in file.standings} == {"mixed", "patient", "hasty"}
    assert all(len(row.members) == 2 for row in rows(file, "mixed"))
    assert not any(row.members for name in ("patient", "hasty") for row in rows(file, name))
    [fleet, patient, _] = file.clients
    assert [member.name for member in fleet.members] == ["patient", "hasty"]
    assert fleet.members[0].sha256 == patient.sha256
    assert problem(file) is None


@pytest.mark.parametrize("backend", ["virtual", "virtual-blocking"])
def test_every_backend_plays_it(folder: Path, backend: str) -> None:
    """With the members' figures of the simulator."""
    names = ("goodput", "p95(latency)", "amplification")
    found = [played(folder, "mixed", backend=each) for each in ("sim", backend)]
    for ours, theirs in zip(*(rows(file, "mixed") for file in found), strict=True):
        for one, other in zip(ours.members, theirs.members, strict=True):
            assert [one.metrics[name].value for name in names] == pytest.approx(
                [other.metrics[name].value for name in names]
            )


def test_it_is_played_on_the_wire(folder: Path) -> None:
    """Where its members are told apart by what they do: who gives up after a second misses some answers."""
    results = brownout.compare([folder / "calm.yaml"], [folder / "mixed.yaml"], seeds=1, backend="wire", time_scale=20)
    [row] = results.file.rows
    patient, hasty = (member.metrics["goodput"].value for member in row.members)
    assert (patient, hasty < 1.0) == (1.0, True)


def test_a_change_of_a_member_is_a_change_of_the_fleet(folder: Path) -> None:
    """What is kept of finished runs is not taken for that of another fleet."""
    storm = load(folder / "storm.yaml", brownout.Scenario)
    before = load(folder / "mixed.yaml", Fleet)
    (folder / "hasty.yaml").write_text(tiny.HASTY.replace("1100ms", "1200ms"), encoding="utf-8")
    after = load(folder / "mixed.yaml", Fleet)
    (folder / "mixed.yaml").write_text(MIXED.replace("75%", "70%").replace("25%", "30%"), encoding="utf-8")
    shifted = load(folder / "mixed.yaml", Fleet)
    assert len({fingerprint(each) for each in (before, after, shifted)}) == 3
    assert len({cells.Job(storm, each, 1, "sim", 1.0).key for each in (before, after, shifted)}) == 3


def test_a_member_without_a_client_is_refused(folder: Path) -> None:
    """A quarter of one client is nobody."""
    with pytest.raises(Unplayable, match="storm with mixed: 25% of 1 client is less than one, and nobody plays hasty"):
        played(folder, "mixed", sample=0.25)


def test_what_the_sdk_refuses_for_one_member_it_refuses(folder: Path) -> None:
    """As for a client of its own."""
    text = tiny.CALM.replace("output_tokens: 10", "output_tokens: 10, max_tokens: 30k")
    (folder / "calm.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Unplayable, match="calm with mixed: the SDK refuses a call without streaming"):
        played(folder, "mixed")


def test_layers_of_a_fleet_are_not_left_out(folder: Path) -> None:
    """Of which member it would be is not said."""
    with pytest.raises(ValueError, match='ablate "mixed": it is a fleet; compare its members, and ablate one of them'):
        played(folder, "mixed", "patient", ablate="mixed")


def test_one_member_with_the_sdk_for_typescript_makes_it_the_simulators(folder: Path) -> None:
    """Of that SDK there is none in Python."""
    (folder / "hasty.yaml").write_text("name: hasty\nlayers: [sdk: {language: typescript}]\n", encoding="utf-8")
    assert cells.backends_of(load(folder / "mixed.yaml", Fleet)) == ("sim",)
    with pytest.raises(ValueError, match="has the SDK for TypeScript, and needs sim"):
        played(folder, "mixed", backend="virtual")


def test_a_call_is_explained_with_the_member_that_made_it(folder: Path) -> None:
    """Its fate is that of one configuration."""
    job = cells.Job(scenario(str(folder / "storm.yaml")).value, load(folder / "mixed.yaml", Fleet), 1, "sim", 1.0)
    seen = job.observe()
    assert "with mixed (hasty), seed 1" in title(seen, find(seen, "2.0"))


def test_the_breakers_of_a_part_are_seen(folder: Path) -> None:
    """A fleet has breakers if one of its members has."""
    [row, _] = rows(played(folder, "mixed"), "mixed")
    assert "breaker_opened" in row.metrics


def test_the_load_that_is_safe_for_a_fleet_is_found(folder: Path) -> None:
    """Values of one file are not changed in several."""
    storm = scenario("overload-and-recovery")
    plan = Plan([storm], [configuration(str(folder / "mixed.yaml"))], range(1, 3), sample=0.04)
    found = study(plan, loads=(0.5, 1.0)).file
    assert [each.client for each in found.stability] == ["mixed"]
    document = brownout.harness.sources.client_document(str(folder / "mixed.yaml"))
    with pytest.raises(brownout.harness.files.FileError, match="name a member of it"):
        study(replace(plan), [document], ["retry.retries=1,2"])


def test_the_doctor_examines_every_member(folder: Path) -> None:
    """Each finding is where it stands in the member's own file."""
    found = brownout.doctor(folder / "mixed.yaml")
    assert found.client == "mixed"
    assert {finding.client for finding in found.findings} == {"patient", "hasty"}
    assert {Path(finding.where.path).name for finding in found.findings} == {"patient.yaml", "hasty.yaml"}
    in_python = brownout.doctor(load(folder / "mixed.yaml", Fleet))
    assert sorted(each.id for each in in_python.findings) == sorted(each.id for each in found.findings)

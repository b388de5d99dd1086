"""Shards of a comparison joined: to the last digit what one run would have been, or a refusal that says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from brownout.harness.joining import join
from brownout.harness.plan import Plan
from brownout.harness.results import Baseline, Gate, RunFile, load
from brownout.harness.run import run as play
from brownout.harness.sources import client

from . import tiny

SEEDS = (7, 2, 9, 4, 1, 6, 8)
"""As few as tell three clients apart, in no order."""
STEADY = """\
name: steady
about: As it comes.
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Two scenarios, one with objectives, and three clients; one of them also without each of its layers."""
    folder = tmp_path_factory.mktemp("tiny")
    plan = tiny.plan(folder, seeds=4)
    tiny.objectives(folder, tiny.MISSED)
    (folder / "steady.yaml").write_text(STEADY, encoding="utf-8")
    clients = [*plan.clients, client(str(folder / "steady.yaml"))]
    return replace(plan, scenarios=tiny.scenarios(folder), clients=clients, weights={"storm": 2.5}, seeds=SEEDS)


@pytest.fixture(scope="module")
def whole(plan: Plan) -> RunFile:
    return played(plan, "patient")


def played(plan: Plan, ablate: str = "") -> RunFile:
    return play(replace(plan, ablate=ablate)).file


def shard(plan: Plan, scenarios: slice = slice(None), clients: slice = slice(None)) -> RunFile:
    """The part of it that one of several machines plays."""
    part = replace(plan, scenarios=plan.scenarios[scenarios], clients=plan.clients[clients])
    part = replace(
        part, weights={s.value.name: w for s in part.scenarios for w in (plan.weights.get(s.value.name, 1.0),)}
    )
    return played(part, "patient" if any(c.value.name == "patient" for c in part.clients) else "")


SPLITS = {
    "by scenario": [{"scenarios": slice(0, 1)}, {"scenarios": slice(1, 2)}],
    "by client": [{"clients": slice(0, 1)}, {"clients": slice(1, 3)}],
    "by both": [
        {"scenarios": slice(s, s + 1), "clients": slice(c, c + 1)} for s in (0, 1) for c in (0, 1, 2)
    ],
    "with an overlap": [{"clients": slice(0, 2)}, {"clients": slice(1, 3)}],
}  # fmt: skip


@pytest.mark.parametrize("split", SPLITS)
def test_parts_joined_are_the_whole(split: str, plan: Plan, whole: RunFile, tmp_path: Path) -> None:
    """From files, as they come from other machines: everything but the moment, and calls that no part has of all."""
    parts = []
    for number, part in enumerate(SPLITS[split]):
        path = tmp_path / str(number) / "run.json"
        shard(plan, **part).save(path)
        parts.append(load(path))
    joined = join(parts)
    apart = {"created", "waterfalls"}
    assert joined.model_dump(exclude=apart) == whole.model_dump(exclude=apart)
    assert [each.scenario for each in joined.waterfalls] == (
        ["storm"] * 3 + ["calm"] * 3 if split == "by scenario" else []
    )
    joined.save(tmp_path / "joined.json")
    assert load(tmp_path / "joined.json") == joined


def test_ranks_are_those_among_all(plan: Plan, whole: RunFile) -> None:
    """Not those among the clients of a part; and too few seeds are too few for as many as there are in all."""
    parts = [shard(plan, clients=slice(n, n + 1)) for n in (0, 1, 2)]
    assert {row.rank for part in parts for row in part.rows} == {1}
    assert {row.rank for row in join(parts).rows} == {row.rank for row in whole.rows} > {1}
    few = replace(plan, seeds=SEEDS[:-1])
    parts = [shard(few, clients=slice(0, 1)), shard(few, clients=slice(1, 3))]
    note = "6 seeds cannot tell 3 clients apart, whatever they show: 7 can."
    assert [note in run.notes for run in (*parts, join(parts))] == [False, False, True]
    assert join(parts).notes == played(few, "patient").notes


def test_objectives_are_judged_over_all(plan: Plan) -> None:
    """The verdict is that of all objectives together."""
    plan = replace(plan, kind="objectives")
    assert join([shard(plan, clients=slice(0, 1)), shard(plan, clients=slice(1, 3))]).verdict == played(plan).verdict


def test_one_run_stays_as_it_is(whole: RunFile) -> None:
    assert join([whole]) is whole
    with pytest.raises(ValueError, match="there is no run to join"):
        join([])


def test_the_same_twice_is_the_same(whole: RunFile) -> None:
    """Nothing is counted twice."""
    assert join([whole, whole]) == whole


def test_gates_are_not_carried_over(whole: RunFile) -> None:
    """Nor what was held against a baseline: both were judged among some of the clients alone, and a note says so."""
    gate = Gate(client="patient", is_met=True, why="alone", smallest_difference=None)
    baseline = Baseline(path="main.json", created=whole.created, seeds=whole.seeds, is_paired=True)
    judged = whole.model_copy(update={"gate": gate, "baseline": baseline})
    for order in ([whole, judged], [judged, whole]):
        joined = join(order)
        assert (joined.gate, joined.baseline, joined.changes) == (None, None, [])
        assert joined.notes[-2:] == [
            "The gate of patient was judged in a part of this run, not in the whole.",
            "A part of this run was held against main.json, the whole was not.",
        ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"backend": "wire"}, "backend differs: sim and wire"),
        ({"kind": "objectives"}, "kind differs: comparison and objectives"),
        ({"sample": 0.5}, "sample differs: 1.0 and 0.5"),
        ({"time_scale": 2.0}, "time scale differs: 1.0 and 2.0"),
        ({"seeds": [1]}, r"seeds differs: \[7, 2, 9, 4, 1, 6, 8\] and \[1\]"),
        ({"environment": {"python": "2.7"}}, r"environment differs: python 3\S+ and 2\.7; platform .* and none"),
        ({"weights": {"storm": 3.0}}, "weight of storm differs: 2.5 and 3"),
    ],
)
def test_what_does_not_belong_together(whole: RunFile, change: dict[str, Any], message: str) -> None:
    """With what differs, and how."""
    with pytest.raises(ValueError, match=message):
        join([whole, whole.model_copy(update=change)])


def test_two_of_one_name(whole: RunFile) -> None:
    """A file that says something else is another client, whatever it is called; its folder does not matter."""
    first, *others = whole.clients
    moved = whole.model_copy(update={"clients": [first.model_copy(update={"reproduce": "elsewhere.yaml"}), *others]})
    assert join([whole, moved]) == whole
    other = whole.model_copy(update={"clients": [first.model_copy(update={"sha256": "1" * 64}), *others]})
    with pytest.raises(ValueError, match='two clients are called "patient", and are not the same'):
        join([whole, other])


def test_a_cell_that_was_played_twice_under_other_conditions(whole: RunFile) -> None:
    """Other code, for one, which the file knows nothing of but the key."""
    cells = [cell.model_copy(update={"key": "other"}) for cell in whole.cells]
    with pytest.raises(ValueError, match="storm with patient, seed 7: played twice, and not under the same conditions"):
        join([whole, whole.model_copy(update={"cells": cells})])


def test_holes_are_named(plan: Plan) -> None:
    """All of them."""
    with pytest.raises(ValueError, match=r"not whole: storm with hasty, storm with steady, calm with patient$"):
        join([shard(plan, slice(0, 1), slice(0, 1)), shard(plan, slice(1, 2), slice(1, 3))])


def test_a_run_without_its_cells_cannot_be_joined(whole: RunFile) -> None:
    """Nor one in which some are missing."""
    for cells in ([], whole.cells[1:]):
        with pytest.raises(ValueError, match="not whole: storm with patient"):
            join([whole.model_copy(update={"cells": cells})] * 2)


def test_a_layer_that_one_scenario_could_not_do_without(plan: Plan, whole: RunFile) -> None:
    """Its variant goes, as it does in one run in which the SDK refuses it somewhere."""
    storm, calm = (shard(plan, scenarios=slice(n, n + 1)) for n in (0, 1))
    gone = calm.clients[-1].name
    fewer = calm.model_copy(
        update={"clients": calm.clients[:-1], "cells": [cell for cell in calm.cells if cell.client != gone]}
    )
    joined = join([storm, fewer])
    assert names(joined.clients) == names(whole.clients)[:-1]
    assert joined.layers == [each for each in whole.layers if each.left_out != whole.clients[-1].left_out]


def test_layers_of_two_clients(plan: Plan) -> None:
    """Are no one table."""
    first = shard(plan, clients=slice(0, 1))
    second = played(replace(plan, clients=plan.clients[1:2]), "hasty")
    with pytest.raises(ValueError, match="layers of several clients are left out: patient, hasty"):
        join([first, second])


def names(subjects: Sequence[Any]) -> list[str]:
    return [each.name for each in subjects]

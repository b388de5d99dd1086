"""Whether a service comes back, and up to which load."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout import scenarios as shipped
from brownout.harness.claims.claim import load as claim
from brownout.harness.files import loads
from brownout.harness.plan import Plan
from brownout.harness.sampling import sampled
from brownout.harness.scenario import Scenario
from brownout.harness.sources import Source, client, client_document
from brownout.harness.stability.study import study
from brownout.harness.stability.survey import Survey, by_trouble
from brownout.harness.stability.varied import busier, longer
from brownout.harness.stability.world import Fate, fate, turning_point

STORM = claim(shipped.literature()["budgets-against-metastability"])
SCENARIO = sampled(STORM.scenarios[0], 0.2)
CLIENTS = {each.name: each for each in STORM.clients}


@pytest.mark.parametrize(
    ("name", "load", "expected"),
    [
        ("four-tries", 0.4, Fate.BACK),
        ("four-tries", 1.1, Fate.DOWN),
        ("budgeted", 1.1, Fate.BACK),
        ("budgeted", 1.8, Fate.OVERLOADED),
    ],
)
def test_retries_keep_a_service_down_that_could_do_the_work(name: str, load: float, expected: Fate) -> None:
    """Up to a load below which even they cannot; a budget does not, and beyond its capacity nothing helps."""
    assert fate(busier(SCENARIO, load), CLIENTS[name], 1) is expected


def test_what_cannot_be_seen_is_told() -> None:
    over = SCENARIO.model_copy(update={"timeline": SCENARIO.timeline[:2]})
    with pytest.raises(ValueError, match="cannot be seen: no phase with faults ends"):
        fate(over, CLIENTS["budgeted"], 1)
    closed = "name: a\nworkload: {clients: 2, arrivals: {kind: closed}}\ntimeline: [{for: 10s}]"
    with pytest.raises(ValueError, match="up to the clients"):
        busier(loads(closed, Scenario), 2.0)


def test_trouble_alone_lasts_longer() -> None:
    assert [phase.seconds for phase in longer(SCENARIO, 2.0).timeline] == [60.0, 60.0, 210.0]


@given(st.floats(0.05, 2.0), st.floats(0.05, 1.0), st.floats(1.0, 2.0), st.integers(1, 12))
def test_the_turning_point_is_found_as_finely_as_asked(truth: float, low: float, high: float, steps: int) -> None:
    below, above = turning_point(lambda load: Fate.BACK if load <= truth else Fate.DOWN, low, high, steps)
    if truth >= high:
        assert (below, above) == (high, high)
    elif truth < low:
        assert (below, above) == (0.0, low)
    else:
        assert below <= truth <= above
        assert above - below <= (high - low) / 2**steps + 1e-9


def test_a_map_and_the_load_that_is_safe() -> None:
    """Longer trouble is worse, and so is more load; the map and the turning points tell one story."""
    survey = Survey(range(1, 4), loads=(0.4, 0.8, 1.2))
    diagram = survey.diagram("trouble", by_trouble(SCENARIO, CLIENTS["four-tries"]))
    assert diagram.rows == ["0.25x", "0.5x", "1x", "2x"]
    assert [row[0] for row in diagram.back] == [1.0] * 4
    assert diagram.back[0][2] > diagram.back[3][2]
    assert diagram.down[3][2] == 1.0
    found = survey.stability(SCENARIO, CLIENTS["four-tries"], [diagram])
    assert 0.4 <= found.safe <= found.turns_at.value < 1.2
    budgeted = survey.stability(SCENARIO, CLIENTS["budgeted"], [])
    assert (budgeted.safe, budgeted.highest) == (1.2, 1.2)


def test_the_rows_may_be_values_of_a_client() -> None:
    """More tries, less that is safe; two processes find the same as one."""
    scenario = Source(SCENARIO, "", "")
    named = client("sdk-defaults")

    def found(workers: int) -> object:
        plan = Plan([scenario], [named], range(1, 3), workers=workers)
        documents = [client_document("sdk-defaults")]
        return study(plan, documents, ["sdk.max_retries=0,4"], loads=(0.5, 1.0)).file.stability

    [stability] = found(1)  # type: ignore[misc]
    assert stability.client == "sdk-defaults"
    assert [diagram.by for diagram in stability.diagrams] == ["sdk.max_retries"]
    assert stability.diagrams[0].rows == ["0", "4"]
    assert found(2) == [stability]


@pytest.mark.parametrize(("sample", "is_few"), [(1.0, False), (0.4, True)])
def test_too_few_calls_to_tell_are_told(sample: float, is_few: bool) -> None:
    """A window with fewer than ten of them, where it counts as back from 90% on."""
    plan = Plan([Source(SCENARIO, "", "")], [Source(CLIENTS["budgeted"], "", "")], [1], sample=sample)
    [*notes] = [note for note in study(plan, loads=(0.5, 1.0)).file.notes if "too few calls" in note]
    assert [note.partition(";")[0] for note in notes] == [
        f"{SCENARIO.name}: too few calls to tell whether it comes back: a window of 10 s has about 6 under the "
        "scenario's own load, and of fewer than 10 a single one that is lost makes it one that is not back"
    ][:is_few]


def test_what_cannot_be_changed_is_told() -> None:
    plan = Plan([Source(SCENARIO, "", "")], [Source(CLIENTS["budgeted"], "", "")], [1])
    with pytest.raises(ValueError, match="budgeted has no file"):
        study(plan, [None], ["retry.retries=0,1"])
    plan = Plan([Source(SCENARIO, "", "")], [client("guide")], [1])
    with pytest.raises(ValueError, match=r"no value of .guide."):
        study(plan, [client_document("guide")], ["retry.tries=0,1"])
